"""What is said of ready bytes over HTTP: made when they are, chosen when they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.types import Send

from services.common.codings import CODINGS, SUFFIXES, Bodies, Coding, wanted
from services.common.ready import Header, Reply


@dataclass(frozen=True)
class Answer:
    """Bytes in every coding that is made so far."""

    found: Mapping[Coding, Reply]
    """The whole, by coding; `identity` is always there."""
    not_modified: Mapping[bytes, Reply]
    """304, by ETag: each coding has its own, for the bytes differ."""
    last_modified: bytes | None = None


def replies_of(
    etag: str, bodies: Bodies, kind: Sequence[Header], always: Sequence[Header], status: int = 200
) -> tuple[dict[Coding, Reply], dict[bytes, Reply]]:
    """Make what an `Answer` holds; `bodies` have `identity`. `kind` says what it is, `always` is
    said with 304 too, which only a 200 can become (RFC 9110, section 13.2.1)."""
    found: dict[Coding, Reply] = {}
    for coding, body in bodies.items():
        entity = [*kind, (b"content-length", str(len(body)).encode())]
        if coding != "identity":
            entity.append((b"content-encoding", coding.encode()))
        found[coding] = Reply(status, [(b"etag", _etag(etag, coding)), *always, *entity], body)
    tags = etags_of(etag) if status == 200 else []
    return found, {tag: Reply(304, [(b"etag", tag), *always]) for tag in tags}


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


def _same(answer: Answer, if_none_match: bytes, found: Reply) -> Reply | None:
    """Find the 304 with the tag that the reader has: so a cache knows which bytes are meant."""
    if not answer.not_modified:
        return None
    etags = (_etag_of(found), *answer.not_modified)
    return next((answer.not_modified[e] for e in etags if matches(if_none_match, e)), None)


def _etag_of(reply: Reply) -> bytes:
    return next(value for name, value in reply.headers if name == b"etag")


def _etag(etag: str, coding: Coding) -> bytes:
    suffix = SUFFIXES.get(coding)
    return (f'{etag[:-1]}-{suffix}"' if suffix else etag).encode()
