"""The way to what is on the shelf: ready replies, in front of everything else."""

from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from services.common.answers import reply_to, send_reply
from services.common.metrics import PUBLIC_READS
from services.common.problems import Problem
from services.common.ready import Header, Reply
from services.common.said import said
from services.common.web import Tracing
from services.syndicate.serving.answers import Answer
from services.syndicate.serving.shelf import Shelf

METHODS = "GET, HEAD, OPTIONS"
_COUNTED = {status: PUBLIC_READS.labels("feed", status) for status in (200, 304)}
# Browsers ask before they send an ETag along (https://fetch.spec.whatwg.org/#cors-preflight-fetch).
PREFLIGHT = Reply(
    204,
    [
        (b"allow", METHODS.encode()),
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", METHODS.encode()),
        (b"access-control-allow-headers", b"*"),
        (b"access-control-max-age", b"86400"),
    ],
)


class PublicFeeds:
    """Answers for what is on the shelf; the rest goes to the application behind.

    The HTTP server asks `ready` first. What is not asked for in the usual way comes here as ASGI.
    """

    def __init__(self, shelf: Shelf, behind: ASGIApp) -> None:
        self._answers = shelf.answers
        self._behind = behind

    def ready(self, url: bytes, headers: Sequence[Header]) -> Reply | None:
        """Give the reply to GET, if the URL is the bare path of something on the shelf."""
        answer = self._answers.get(url.decode("latin-1"))
        return None if answer is None else _reply(answer, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        answer = self._answers.get(scope["path"]) if scope["type"] == "http" else None
        if answer is None:
            await self._behind(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await send_reply(_reply(answer, scope["headers"]), scope["method"], send)
        elif scope["method"] == "OPTIONS":
            await send_reply(PREFLIGHT, scope["method"], send)
        else:
            await REFUSAL(scope, receive, send)


def _reply(answer: Answer, headers: Sequence[Header]) -> Reply:
    reply = reply_to(answer, headers)
    _COUNTED[reply.status].inc()
    return reply


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    problem = Problem(
        "method-not-allowed", said("A feed can only be read."), headers={"Allow": METHODS}
    )
    await problem.response()(scope, receive, send)


REFUSAL: ASGIApp = Tracing(_refuse)
"""Of every method but those: logged like any other request."""
