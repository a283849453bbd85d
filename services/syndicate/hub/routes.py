"""HTTP for subscribers: `POST /hub`."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from services.common.auth import AdminKey
from services.common.bodies import read_body
from services.common.database import Database
from services.common.problems import Problem
from services.common.said import said
from services.syndicate.feeds.format import MEDIA_TYPES
from services.syndicate.feeds.site import Site
from services.syndicate.hub.hub import Hub
from services.syndicate.hub.rate import Rate
from services.syndicate.hub.wish import FORM, Leases, Rules, form_of, wish_of
from services.syndicate.settings import SyndicateSettings

_MOST_BYTES = 16 * 1024
_PATIENCE = 30.0  # seconds for the whole form
_DRAINED = 1024 * 1024  # bytes: from strangers, less than from units

_TEXT = {"type": "string"}
_PARAMETERS: dict[str, Any] = {
    "type": "object",
    "required": ["hub.mode", "hub.topic", "hub.callback"],
    "properties": {
        "hub.mode": {"enum": ["subscribe", "unsubscribe"]},
        "hub.topic": _TEXT | {"format": "uri"},
        "hub.callback": _TEXT | {"format": "uri"},
        "hub.lease_seconds": {"type": "integer", "minimum": 1},
        "hub.secret": _TEXT,
    },
}
_BODY = {"requestBody": {"required": True, "content": {FORM: {"schema": _PARAMETERS}}}}

router = APIRouter(tags=["hub"])


@dataclass(frozen=True)
class Desk:
    """What the routes work with."""

    hub: Hub
    rules: Rules
    rate: Rate
    site: Site
    database: Database
    admin: AdminKey


def desk(hub: Hub, site: Site, settings: SyndicateSettings, database: Database) -> Desk:
    """Put together what the routes work with."""
    leases = Leases(settings.hub_lease_least, settings.hub_lease_default, settings.hub_lease_most)
    rules = Rules(hub.topics.path_of, leases, settings.allowed_targets)
    rate, admin = Rate(settings.hub_requests_per_minute), AdminKey(settings.admin_key_file)
    return Desk(hub, rules, rate, site, database, admin)


class LeaseBounds(BaseModel):
    """How many seconds a subscription may last."""

    least: int
    default: int
    most: int


class AboutHub(BaseModel):
    """What a subscriber must know."""

    hub: str
    specification: str
    topics: list[str]
    lease_seconds: LeaseBounds
    signature: str
    example: str


@router.get("/hub")
async def about(request: Request) -> AboutHub:
    """Say what can be subscribed to, and how."""
    parts = desk_of(request)
    leases: Leases = parts.rules.leases
    topic = parts.site.feed("latest", "atom")
    return AboutHub(
        hub=parts.site.hub,
        specification="https://www.w3.org/TR/websub/",
        topics=[parts.site.feed("{feed}", extension) for extension in MEDIA_TYPES],
        lease_seconds=LeaseBounds(**vars(leases)),
        signature="sha256",
        example=f"curl {parts.site.hub} -d hub.mode=subscribe -d hub.topic={topic}"
        " -d hub.callback=https://you.example/SOMETHING-SECRET -d hub.secret=YOUR-SECRET",
    )


@router.post(
    "/hub",
    status_code=202,
    response_class=Response,
    responses={202: {"description": "Your callback will be asked whether it wants this."}},
    openapi_extra=_BODY,
)
async def ask(request: Request) -> Response:
    """Subscribe to a feed, or unsubscribe (WebSub, section 5.1)."""
    parts = desk_of(request)
    parts.rate.take("from", request.client.host if request.client else "")
    form = form_of(await _body(request), request.headers.get("content-type"))
    wish = wish_of(form, parts.rules)
    if not await parts.hub.knows(wish):  # nobody else can use up the turns of who has subscribed
        parts.rate.take("to", wish.host)
    await parts.hub.ask(wish)
    return Response(status_code=202)


def desk_of(request: Request) -> Desk:
    """Give what `app.py` has put together."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


async def _body(request: Request) -> bytes:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await read_body(request, _MOST_BYTES, _DRAINED)
    except TimeoutError:
        raise Problem("bad-request", said("The form did not come in time.")) from None
