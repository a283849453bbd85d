"""HTTP for admins: keys, and the audit trail."""

from functools import partial
from typing import Annotated, Any, TypeVar
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import JSONResponse

from schemas.text import Code
from services.common import trail_page
from services.common.given import read
from services.common.openapi import PROBLEMS, json_body
from services.common.problems import Problem
from services.common.said import said
from services.common.trail_page import About, After, AuditPage, Limit
from services.ingest.access import keys
from services.ingest.access.answers import Key, ListedKey, NewKey
from services.ingest.access.audit import Act, act_of
from services.ingest.access.keyring import Caller
from services.ingest.access.keys import GivenKey, GivenNamedKey, GivenSigningKey, Owner
from services.ingest.answers import Page
from services.ingest.api import CallerOf, PartsOf
from services.ingest.bodies import read_body

G_ = TypeVar("G_", bound=GivenKey)

log = structlog.get_logger()


async def admin_only(caller: CallerOf) -> Caller:
    """Let admins' keys pass, no others."""
    if not caller.is_admin:
        raise Problem("forbidden", said("Only an admin's key may do this."))
    return caller


async def newsroom_only(caller: CallerOf) -> Caller:
    """Let keys of the newsroom and of admins pass, no unit's."""
    if not caller.is_newsroom:
        raise Problem("forbidden", said("Only a key of the newsroom may do this."))
    return caller


async def act(caller: CallerOf) -> Act:
    """Say who acts, for the audit trail."""
    return act_of(caller)


ActOf = Annotated[Act, Depends(act)]

router = APIRouter(
    responses=PROBLEMS, prefix="/v1/admin", tags=["keys"], dependencies=[Depends(admin_only)]
)


@router.post(
    "/units/{code}/keys",
    status_code=201,
    response_model=NewKey,
    openapi_extra=json_body(GivenKey, required=False),
)
async def add_key(code: Code, request: Request, parts: PartsOf, act: ActOf) -> Response:
    """Make a key for a unit: it is shown this once. Two may be live, so that it can change."""
    given = await _given(request, GivenKey)
    return await _add(parts, partial(keys.add_key, act=act, owner=_unit(code), given=given))


@router.get("/units/{code}/keys", response_model=Page[ListedKey])
async def list_keys(code: Code, parts: PartsOf) -> Response:
    """List the keys of a unit, by id."""
    return await _list(parts, _unit(code))


@router.delete("/units/{code}/keys/{key}", status_code=204)
async def revoke_key(code: Code, key: UUID, parts: PartsOf, act: ActOf) -> Response:
    """End a key."""
    return await _revoke(parts, act, _unit(code), key)


@router.post(
    "/units/{code}/signing-keys",
    status_code=201,
    response_model=Key,
    openapi_extra=json_body(GivenSigningKey),
)
async def add_signing_key(code: Code, request: Request, parts: PartsOf, act: ActOf) -> Response:
    """Register a public key, by which the unit signs its requests (RFC 9421, Ed25519)."""
    given, owner = await _given(request, GivenSigningKey), _signer(code)
    return await _add(parts, partial(keys.add_signing_key, act=act, owner=owner, given=given))


@router.get("/units/{code}/signing-keys", response_model=Page[ListedKey])
async def list_signing_keys(code: Code, parts: PartsOf) -> Response:
    """List the keys by which a unit signs."""
    return await _list(parts, _signer(code))


@router.delete("/units/{code}/signing-keys/{key}", status_code=204)
async def revoke_signing_key(code: Code, key: UUID, parts: PartsOf, act: ActOf) -> Response:
    """End a key: nothing that it signed is taken from now on."""
    return await _revoke(parts, act, _signer(code), key)


@router.post(
    "/keys", status_code=201, response_model=NewKey, openapi_extra=json_body(GivenNamedKey)
)
async def add_named_key(request: Request, parts: PartsOf, act: ActOf) -> Response:
    """Make a key for somebody of the newsroom, or for an admin: it is shown this once."""
    given = await _given(request, GivenNamedKey)
    owner = Owner(given.scope, name=given.name)
    return await _add(parts, partial(keys.add_key, act=act, owner=owner, given=given))


@router.get("/keys", response_model=Page[ListedKey])
async def list_named_keys(parts: PartsOf) -> Response:
    """List the keys of the newsroom and of admins."""
    return await _list(parts, None)


@router.delete("/keys/{key}", status_code=204)
async def revoke_named_key(key: UUID, parts: PartsOf, act: ActOf) -> Response:
    """End a key."""
    return await _revoke(parts, act, None, key)


@router.get("/audit", tags=["audit"], response_model=AuditPage)
async def list_audit(
    parts: PartsOf, after: After = 0, limit: Limit = 100, about: About = None
) -> Response:
    """List who did what, the oldest first; `hash` chains each entry to the one before it."""
    listing = partial(trail_page.page, after=after, limit=limit, about=about)
    return JSONResponse(await parts.database.read(listing))


def _unit(code: str) -> Owner:
    return Owner("submit", unit=code)


def _signer(code: str) -> Owner:
    return Owner("submit", unit=code, signing=True)


async def _given(request: Request, model: type[G_]) -> G_:
    return read(await read_body(request) or b"{}", model)


async def _add(parts: PartsOf, job: Any) -> Response:  # noqa: ANN401 - a job for the database
    made = await parts.database.write(job)
    parts.admission.keyring.forget()
    log.info("key_added", key_id=made["id"])
    return JSONResponse(made, 201, {"Cache-Control": "no-store"})


async def _list(parts: PartsOf, owner: Owner | None) -> Response:
    used = parts.admission.keyring.used
    items = await parts.database.read(partial(keys.listed, owner=owner, used=dict(used)))
    return JSONResponse({"items": items, "next": None})


async def _revoke(parts: PartsOf, act: Act, owner: Owner | None, key: UUID) -> Response:
    await parts.database.write(partial(keys.revoke_key, act=act, owner=owner, key=key))
    parts.admission.keyring.forget()
    log.info("key_revoked", key_id=str(key))
    return Response(status_code=204)
