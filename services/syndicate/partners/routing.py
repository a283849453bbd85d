"""Routes below `/partners/{code}`: who may pass, and what every answer says to caches."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.openapi.models import APIKey, APIKeyIn, HTTPBase
from fastapi.openapi.models import SecurityBase as Scheme
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from services.common.openapi import PROBLEMS, BearerKey
from services.syndicate.partners.admission import admin_only, admitted
from services.syndicate.partners.visit import Visit, visit_of

_BASIC = 'Basic realm="tinbai", charset="UTF-8"'


def partner_router(tag: str) -> APIRouter:
    """Make a router for `/partners/{code}`: paths begin after that.

    Only the partner itself and the newsroom get in (`admitted`). Routes that take a body read it by
    hand (`read_body`): FastAPI would find fault with it before it is known who calls. Every answer,
    be it made by hand or a problem, goes to no shared cache, and tells no other site its address.
    """
    shown = (Depends(BearerKey()), Depends(_AS_PASSWORD), Depends(_IN_QUERY))
    return APIRouter(
        responses=PROBLEMS,
        prefix="/partners/{code}",
        tags=[tag],
        dependencies=[Depends(admitted), *shown],
        route_class=PartnerRoute,
    )


def newsroom_router(below: str = "", *, tags: Sequence[str] = ()) -> APIRouter:
    """Make a router for `/v1/admin` and what is `below`: only those who run the system get in."""
    return APIRouter(
        responses=PROBLEMS,
        prefix=f"/v1/admin{below}",
        tags=list(tags),
        dependencies=[Depends(admin_only)],
    )


class PartnerRoute(APIRoute):
    """A route whose answers are the partner's own affair."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, without its key in the query."""
        visit = visit_of(scope)

        async def send_privately(message: Message) -> None:
            if message["type"] == "http.response.start":
                _keep_private(MutableHeaders(scope=message), message["status"], visit)
            await send(message)

        await super().handle(scope, receive, send_privately)


def _keep_private(headers: MutableHeaders, status: int, visit: Visit) -> None:
    if status >= 400:
        headers["Cache-Control"] = "private, no-store"
    elif not {"private", "no-store"} & _words(headers.get("Cache-Control", "")):
        headers["Cache-Control"] = "private"
    headers["Referrer-Policy"] = "no-referrer"
    if "authorization" not in _words(headers.get("Vary", "")):
        headers.add_vary_header("Authorization")
    if status == 401:  # feed readers ask for a name and a password when they see this
        headers.append("WWW-Authenticate", _BASIC)
    for name, value in visit.headers:
        headers.append(name.decode(), value.decode())


def _words(value: str) -> set[str]:
    return {each.strip().lower() for each in value.split(",")}


class _Shown(SecurityBase):
    """A way to send the key that is only described: `visit_of` reads them all."""

    def __init__(self, name: str, model: Scheme) -> None:
        self.scheme_name = name
        self.model: Any = model

    async def __call__(self) -> None:
        """Do nothing."""


_AS_PASSWORD = _Shown("password", HTTPBase(scheme="basic", description="A key as the password"))
_IN_QUERY = _Shown(
    "query",
    APIKey.model_validate({"in": APIKeyIn.query, "name": "key", "description": "Only to read"}),
)
