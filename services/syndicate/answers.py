"""What is said of a document over HTTP: made when the document changes, chosen when it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate

from starlette.types import Send

from services.common.ready import Header, Reply
from services.syndicate.codings import CODINGS, NONE, SUFFIXES, Bodies, Coding, wanted
from services.syndicate.feeds.binding import Document
from services.syndicate.feeds.site import Site

# Short, for after a retraction the old text must leave the caches soon.
CACHE_CONTROL = b"public, max-age=10, stale-while-revalidate=30"


@dataclass(frozen=True)
class Answer:
    """A document in every coding that is made so far."""

    document: Document
    bodies: Bodies
    found: Mapping[Coding, Reply]
    """200, by coding; `identity` is always there."""
    not_modified: Mapping[bytes, Reply]
    """304, by ETag: each coding has its own, for the bytes differ."""
    last_modified: bytes | None


def answer_of(
    document: Document,
    site: Site,
    bodies: Bodies = NONE,
    last_modified: int | None = None,
    cache_control: bytes = CACHE_CONTROL,
) -> Answer:
    """Make the answer; `bodies` are the document's in other codings, `last_modified` is in seconds
    since 1970, where it can be said (services/syndicate/moments.py)."""
    modified = None if last_modified is None else formatdate(last_modified, usegmt=True).encode()
    always = [
        (b"cache-control", cache_control),
        (b"vary", b"Accept-Encoding"),
        (b"link", _links(document.path, site)),
        (b"access-control-allow-origin", b"*"),
        (b"access-control-expose-headers", b"ETag, Last-Modified, Link"),
        (b"x-content-type-options", b"nosniff"),
        *([(b"last-modified", modified)] if modified else []),
    ]
    media_type = (b"content-type", f"{document.media_type}; charset=utf-8".encode())
    found: dict[Coding, Reply] = {}
    everything: Bodies = {"identity": document.body, **bodies}
    for coding, body in everything.items():
        entity = [media_type, (b"content-length", str(len(body)).encode())]
        if coding != "identity":
            entity.append((b"content-encoding", coding.encode()))
        found[coding] = Reply(200, [(b"etag", _etag(document, coding)), *always, *entity], body)
    tags = [_etag(document, coding) for coding in CODINGS]
    not_modified = {tag: Reply(304, [(b"etag", tag), *always]) for tag in tags}
    return Answer(document, bodies, found, not_modified, modified)


def reply_to(answer: Answer, headers: Sequence[Header]) -> Reply:
    """Choose what a reader gets (RFC 9110, sections 12.5.3 and 13.2.2)."""
    accepted = known = since = None
    for name, value in headers:
        if name == b"accept-encoding":
            accepted = value if accepted is None else accepted + b"," + value
        elif name == b"if-none-match":
            known = value if known is None else known + b"," + value
        elif name == b"if-modified-since":
            since = value
    for coding in wanted(accepted):
        if coding in answer.found:
            found = answer.found[coding]
            break
    if known is not None:
        return _same(answer, known, found) or found
    if since is not None and since == answer.last_modified:
        return answer.not_modified[found.headers[0][1]]
    return found


async def send_reply(reply: Reply, method: str, send: Send) -> None:
    """Send it as ASGI messages."""
    body = b"" if method == "HEAD" else reply.body
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": body})


def _same(answer: Answer, if_none_match: bytes, found: Reply) -> Reply | None:
    """Find the 304 for a list of tags or `*`, compared weakly (sections 8.8.3.2 and 13.1.2).

    It carries the tag that the reader has, so that a cache knows which of its bytes are meant. A
    comma inside a foreign tag splits it into parts that match nothing of ours.
    """
    if same := answer.not_modified.get(if_none_match):
        return same
    tags = [tag.strip() for tag in if_none_match.split(b",")]
    if tags == [b"*"]:
        return answer.not_modified[found.headers[0][1]]
    return next(
        filter(None, (answer.not_modified.get(tag.removeprefix(b"W/")) for tag in tags)), None
    )


def _etag(document: Document, coding: Coding) -> bytes:
    suffix = SUFFIXES.get(coding)
    return (f'{document.etag[:-1]}-{suffix}"' if suffix else document.etag).encode()


def _links(path: str, site: Site) -> bytes:
    links = f'<{site.syndicate_url}{path}>; rel="self"'
    if path.startswith("/feeds/"):
        links += f', <{site.hub}>; rel="hub"'
    return links.encode()
