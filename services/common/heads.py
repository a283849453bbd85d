"""HEAD wherever there is GET (RFC 9110, section 9.3.2): the same answer without its content."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_IS_HEAD = "tinbai.head"


class Heads:
    """The middleware that lets routes for GET answer HEAD too."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, as one for GET."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._inner(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # A copy: the server goes by the method, too, and counts the bytes of what is no HEAD.
        inner = {**scope, "method": "GET", _IS_HEAD: True}
        try:
            await self._inner(inner, receive, send_head)
        finally:
            if "route" in inner:
                scope["route"] = inner["route"]  # for who counts requests


def asked_method(request: Request) -> str:
    """Give the method as the caller sent it."""
    return "HEAD" if _IS_HEAD in request.scope else request.method
