"""HTTP for the newsroom: keys of partners, and the trail of who did what."""

from functools import partial
from uuid import UUID

import structlog
from fastapi import Request, Response
from starlette.responses import JSONResponse

from schemas.text import Code
from services.common import trail_page
from services.common.bodies import read_body
from services.common.given import read
from services.common.openapi import json_body
from services.common.trail_page import About, After, AuditPage, Limit
from services.syndicate.partners import keys, store
from services.syndicate.partners.acts import ActOf
from services.syndicate.partners.admission import office_of
from services.syndicate.partners.answers import Keys, NewKey
from services.syndicate.partners.keys import GivenKey
from services.syndicate.partners.routing import newsroom_router

_MOST_BYTES = 16 * 1024

log = structlog.get_logger()

router = newsroom_router()


@router.post(
    "/partners/{code}/keys",
    tags=["keys"],
    status_code=201,
    response_model=NewKey,
    openapi_extra=json_body(GivenKey, required=False),
)
async def add_key(code: Code, request: Request, act: ActOf) -> Response:
    """Make a key for a partner: it is shown this once. Two may be live, so that it can change."""
    office = office_of(request)
    await office.database.read(partial(store.known, code=code))
    given = read(await read_body(request, _MOST_BYTES) or b"{}", GivenKey)
    made = await office.database.write(partial(keys.add_key, act=act, partner=code, given=given))
    office.keyring.forget()
    log.info("key_added", key_id=made["id"], partner=code)
    return JSONResponse(made, 201, {"Cache-Control": "no-store"})


@router.get("/partners/{code}/keys", tags=["keys"], response_model=Keys)
async def list_keys(code: Code, request: Request) -> Response:
    """List the keys of a partner, by id."""
    office = office_of(request)
    listing = partial(keys.listed, partner=code, used=dict(office.keyring.used))
    return JSONResponse({"items": await office.database.read(listing), "next": None})


@router.delete("/partners/{code}/keys/{key_id}", tags=["keys"], status_code=204)
async def revoke_key(code: Code, key_id: UUID, request: Request, act: ActOf) -> Response:
    """End a key: it opens nothing from now on."""
    office = office_of(request)
    await office.database.write(partial(keys.revoke_key, act=act, partner=code, key=key_id))
    office.keyring.forget()
    log.info("key_revoked", key_id=str(key_id), partner=code)
    return Response(status_code=204)


@router.get("/audit", tags=["audit"], response_model=AuditPage)
async def list_audit(
    request: Request, after: After = 0, limit: Limit = 100, about: About = None
) -> Response:
    """List who did what to partners, the oldest first; `hash` chains each entry to the one before
    it."""
    listing = partial(trail_page.page, after=after, limit=limit, about=about)
    return JSONResponse(await office_of(request).database.read(listing))
