"""What is said of a document over HTTP: made when the document changes, chosen when it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import quote

from starlette.types import Send

from services.common.ready import Header, Reply
from services.syndicate.feeds.binding import Document
from services.syndicate.feeds.site import Site
from services.syndicate.serving.codings import CODINGS, NONE, SUFFIXES, Bodies, Coding, wanted

# All that the page itself can't say; the rest of its policy stands in it (lists/index.py).
_PAGE_POLICY = b"frame-ancestors 'none'"
# Short, for after a retraction the old text must leave the caches soon.
CACHE_CONTROL = b"public, max-age=10, stale-while-revalidate=30"


Links = Sequence[tuple[str, str]]
"""Relation and URL."""


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
    links: Links,
    bodies: Bodies = NONE,
    last_modified: int | None = None,
    cache_control: bytes = CACHE_CONTROL,
) -> Answer:
    """Make the answer; `bodies` are the document's in other codings, `last_modified` is in seconds
    since 1970, where it can be said (services/syndicate/serving/moments.py)."""
    modified = None if last_modified is None else formatdate(last_modified, usegmt=True).encode()
    always = [
        (b"cache-control", cache_control),
        (b"vary", b"Accept-Encoding"),
        (b"link", ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links).encode()),
        (b"access-control-allow-origin", b"*"),
        (b"access-control-expose-headers", b"ETag, Last-Modified, Link"),
        (b"x-content-type-options", b"nosniff"),
        *([(b"last-modified", modified)] if modified else []),
    ]
    kind = [(b"content-type", document.content_type.encode())]
    if document.media_type == "text/html":
        kind.append((b"content-security-policy", _PAGE_POLICY))
    found: dict[Coding, Reply] = {}
    everything: Bodies = {"identity": document.body, **bodies}
    for coding, body in everything.items():
        entity = [*kind, (b"content-length", str(len(body)).encode())]
        if coding != "identity":
            entity.append((b"content-encoding", coding.encode()))
        found[coding] = Reply(
            200, [(b"etag", _etag(document.etag, coding)), *always, *entity], body
        )
    tags = etags_of(document.etag)
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
    if known is not None and (same := answer.not_modified.get(known)):
        return same  # a single tag, as nearly all send it
    found = next(answer.found[coding] for coding in wanted(accepted) if coding in answer.found)
    if known is not None:
        return _same(answer, known, found) or found
    if since is not None and since == answer.last_modified:
        return answer.not_modified[_etag_of(found)]
    return found


async def send_reply(reply: Reply, method: str, send: Send) -> None:
    """Send it as ASGI messages."""
    body = b"" if method == "HEAD" else reply.body
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": body})


def etags_of(etag: str) -> list[bytes]:
    """Give the ETags under which a document with this one goes out, one for each coding."""
    return [_etag(etag, coding) for coding in CODINGS]


def matches(if_none_match: bytes, etag: bytes) -> bool:
    """Compare weakly with a list of tags or `*` (RFC 9110, sections 8.8.3.2 and 13.1.2).

    A comma inside a foreign tag splits it into parts that match nothing of ours.
    """
    tags = [tag.strip() for tag in if_none_match.split(b",")]
    return tags == [b"*"] or any(tag.removeprefix(b"W/") == etag for tag in tags)


def links_of(path: str, site: Site) -> Links:
    """Give the links of what lies on the shelf: only feeds have the hub."""
    itself = ("self", f"{site.syndicate_url}{quote(path)}")
    return [itself, ("hub", site.hub)] if path.startswith("/feeds/") else [itself]


def _same(answer: Answer, if_none_match: bytes, found: Reply) -> Reply | None:
    """Find the 304 with the tag that the reader has: so a cache knows which bytes are meant."""
    etags = (_etag_of(found), *answer.not_modified)
    return next((answer.not_modified[e] for e in etags if matches(if_none_match, e)), None)


def _etag_of(reply: Reply) -> bytes:
    return next(value for name, value in reply.headers if name == b"etag")


def _etag(etag: str, coding: Coding) -> bytes:
    suffix = SUFFIXES.get(coding)
    return (f'{etag[:-1]}-{suffix}"' if suffix else etag).encode()
