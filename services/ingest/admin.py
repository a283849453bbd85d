"""HTTP for the newsroom: units and their keys, columns, campaigns."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import JSONResponse

from services.common.instants import now
from services.common.problems import Problem, not_found
from services.common.said import said
from services.common.trace import current_trace
from services.ingest import keyring, registry
from services.ingest.api import CallerOf, PartsOf
from services.ingest.bodies import documented, read_body
from services.ingest.keyring import Caller
from services.ingest.registry import Entry, Kind
from services.ingest.submission import read

log = structlog.get_logger()


async def admin_only(caller: CallerOf) -> Caller:
    """Let the newsroom's key pass, no unit's."""
    if not caller.is_admin:
        raise Problem("forbidden", said("Only the admin key may do this."))
    return caller


router = APIRouter(prefix="/v1/admin", tags=["registry"], dependencies=[Depends(admin_only)])


def _add_routes(kind: Kind, path: str) -> None:
    model = registry.MODELS[kind]

    @router.post(path, status_code=201, name=f"add_{kind}", openapi_extra=documented(model))
    async def add(request: Request, parts: PartsOf) -> Response:
        """Add an entry: 409 if its code is taken."""
        entry = read(await read_body(request), model)
        trace, at = current_trace(), now()
        stored = await parts.database.write(lambda conn: registry.add(conn, kind, entry, trace, at))
        parts.wake_relay()
        log.info("registry_entry_added", kind=kind, code=registry.code_of(entry))
        location = f"/v1/admin{path}/{registry.code_of(entry)}"
        return JSONResponse(_shown(stored), 201, {"Location": location})

    @router.get(path, name=f"list_{kind}s")
    async def list_entries(
        parts: PartsOf, cursor: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 200
    ) -> Response:
        """List entries by code."""
        entries = await parts.database.read(
            lambda conn: registry.listed(conn, kind, cursor, limit + 1)
        )
        following = registry.code_of(entries[limit - 1]) if len(entries) > limit else None
        return JSONResponse({"items": [_shown(e) for e in entries[:limit]], "next": following})

    @router.get(path + "/{code}", name=f"get_{kind}")
    async def get(code: str, parts: PartsOf) -> Response:
        """Give one entry."""
        entry = await parts.database.read(lambda conn: registry.find(conn, kind, code))
        if entry is None:
            raise not_found()
        return JSONResponse(_shown(entry))

    @router.put(path + "/{code}", name=f"replace_{kind}", openapi_extra=documented(model))
    async def replace(code: str, request: Request, parts: PartsOf) -> Response:
        """Put a whole entry in the place of the one that is there."""
        await get(code, parts)
        entry = read(await read_body(request), model)
        trace, at = current_trace(), now()
        stored = await parts.database.write(
            lambda conn: registry.replace(conn, kind, code, entry, trace, at)
        )
        parts.wake_relay()
        log.info("registry_entry_changed", kind=kind, code=code)
        return JSONResponse(_shown(stored))


_add_routes("unit", "/units")
_add_routes("column", "/columns")
_add_routes("campaign", "/campaigns")


@router.post("/units/{code}/keys", status_code=201)
async def add_key(code: str, parts: PartsOf) -> Response:
    """Make a key for a unit: it is shown this once. Two may be live, so that it can change."""
    made = await parts.database.write(partial(keyring.add_key, unit=code, now=now()))
    parts.keyring.forget()
    log.info("key_added", unit=code, key_id=made["id"])
    return JSONResponse(made, 201, {"Cache-Control": "no-store"})


@router.get("/units/{code}/keys")
async def list_keys(code: str, parts: PartsOf) -> Response:
    """List the live keys of a unit, by id."""
    items = await parts.database.read(lambda conn: keyring.listed(conn, code))
    return JSONResponse({"items": items, "next": None})


@router.delete("/units/{code}/keys/{key}", status_code=204)
async def revoke_key(code: str, key: UUID, parts: PartsOf) -> Response:
    """End a key."""
    await parts.database.write(partial(keyring.revoke_key, unit=code, key=key, now=now()))
    parts.keyring.forget()
    log.info("key_revoked", unit=code, key_id=str(key))
    return Response(status_code=204)


def _shown(entry: Entry) -> dict[str, Any]:
    return entry.model_dump(mode="json", by_alias=True)
