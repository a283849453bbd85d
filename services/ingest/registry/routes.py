"""HTTP for admins: units, columns, campaigns."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Connection
from starlette.responses import JSONResponse

from schemas.text import Code
from services.common.given import read
from services.common.openapi import PROBLEMS, json_body
from services.common.problems import not_found
from services.ingest.access.audit import record
from services.ingest.access.routes import ActOf, admin_only
from services.ingest.answers import MADE, Cursor, Page
from services.ingest.api import PartsOf
from services.ingest.bodies import read_body
from services.ingest.registry import entries as registry
from services.ingest.registry.entries import Entry, Kind

log = structlog.get_logger()


router = APIRouter(
    responses=PROBLEMS, prefix="/v1/admin", tags=["registry"], dependencies=[Depends(admin_only)]
)


def _add_routes(kind: Kind, path: str) -> None:
    model = registry.MODELS[kind]

    @router.post(
        path,
        status_code=201,
        name=f"add_{kind}",
        response_model=model,
        responses=MADE,
        openapi_extra=json_body(model),
    )
    async def add(request: Request, parts: PartsOf, act: ActOf) -> Response:
        """Add an entry: 409 if its code is taken."""
        entry = read(await read_body(request), model)

        def job(conn: Connection) -> Entry:
            record(conn, act, "registry.added", f"{kind}:{registry.code_of(entry)}", {})
            return registry.add(conn, kind, entry, act.trace, act.now)

        stored = await parts.database.write(job)
        parts.wake_relay()
        log.info("registry_entry_added", kind=kind, code=registry.code_of(entry))
        location = f"/v1/admin{path}/{registry.code_of(entry)}"
        return JSONResponse(_shown(stored), 201, {"Location": location})

    @router.get(path, name=f"list_{kind}s", response_model=Page[model])  # type: ignore[valid-type]
    async def list_entries(
        parts: PartsOf, cursor: Cursor = "", limit: Annotated[int, Query(ge=1, le=1000)] = 200
    ) -> Response:
        """List entries by code."""
        entries = await parts.database.read(
            lambda conn: registry.listed(conn, kind, cursor, limit + 1)
        )
        following = registry.code_of(entries[limit - 1]) if len(entries) > limit else None
        return JSONResponse({"items": [_shown(e) for e in entries[:limit]], "next": following})

    @router.get(path + "/{code}", name=f"get_{kind}", response_model=model)
    async def get(code: Code, parts: PartsOf) -> Response:
        """Give one entry."""
        entry = await parts.database.read(lambda conn: registry.find(conn, kind, code))
        if entry is None:
            raise not_found()
        return JSONResponse(_shown(entry))

    @router.put(
        path + "/{code}",
        name=f"replace_{kind}",
        response_model=model,
        openapi_extra=json_body(model),
    )
    async def replace(code: Code, request: Request, parts: PartsOf, act: ActOf) -> Response:
        """Put a whole entry in the place of the one that is there."""
        await get(code, parts)
        entry = read(await read_body(request), model)

        def job(conn: Connection) -> Entry:
            record(conn, act, "registry.changed", f"{kind}:{code}", {})
            return registry.replace(conn, kind, code, entry, act.trace, act.now)

        stored = await parts.database.write(job)
        parts.wake_relay()
        log.info("registry_entry_changed", kind=kind, code=code)
        return JSONResponse(_shown(stored))


_add_routes("unit", "/units")
_add_routes("column", "/columns")
_add_routes("campaign", "/campaigns")


def _shown(entry: Entry) -> dict[str, Any]:
    return entry.model_dump(mode="json", by_alias=True)
