"""The way to the feeds: a few lines of ASGI over ready answers, in front of everything else."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.metrics import PUBLIC_READS
from services.common.problems import Problem
from services.common.said import said
from services.syndicate.shelf import Answer, Shelf

_EMPTY: Message = {"type": "http.response.body", "body": b""}
_READ = PUBLIC_READS.labels("feed", 200)
_NOT_MODIFIED = PUBLIC_READS.labels("feed", 304)


class PublicFeeds:
    """Answers for feeds; what is not on the shelf goes to the application behind."""

    def __init__(self, shelf: Shelf, behind: ASGIApp) -> None:
        self._answers = shelf.answers
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        answer = self._answers.get(scope["path"]) if scope["type"] == "http" else None
        if answer is None:
            await self._behind(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await _method_not_allowed(scope, receive, send)
        elif _has(scope, answer):
            _NOT_MODIFIED.inc()
            await send(answer.not_modified)
            await send(_EMPTY)
        else:
            _READ.inc()
            await send(answer.ok)
            await send(answer.body if scope["method"] == "GET" else _EMPTY)


def _has(scope: Scope, answer: Answer) -> bool:
    return any(
        matches(value, answer.etag) for name, value in scope["headers"] if name == b"if-none-match"
    )


def matches(if_none_match: bytes, etag: bytes) -> bool:
    """Compare weakly with a list of tags or `*` (RFC 9110, sections 8.8.3.2 and 13.1.2).

    A comma inside a foreign tag splits it into parts that match nothing of ours.
    """
    tags = [tag.strip() for tag in if_none_match.split(b",")]
    return tags == [b"*"] or any(tag.removeprefix(b"W/") == etag for tag in tags)


async def _method_not_allowed(scope: Scope, receive: Receive, send: Send) -> None:
    problem = Problem(
        "method-not-allowed", said("A feed can only be read."), headers={"Allow": "GET, HEAD"}
    )
    await problem.response()(scope, receive, send)
