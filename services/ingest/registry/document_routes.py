"""HTTP for the registry as a whole: give it, or apply a document to it."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Connection
from starlette.responses import JSONResponse

from schemas.times import day_in_vietnam
from services.common.document import Plan
from services.common.given import read
from services.common.openapi import PROBLEMS, json_body
from services.ingest.access.audit import Act, record
from services.ingest.access.routes import ActOf, admin_only
from services.ingest.api import PartsOf
from services.ingest.bodies import read_body
from services.ingest.registry import document as registry_document
from services.ingest.registry import entries as registry
from services.ingest.registry.answers import Applied
from services.ingest.registry.document import GivenRegistry
from services.ingest.registry.entries import Entry

_MAX_BYTES = 4 * 1024 * 1024

log = structlog.get_logger()

router = APIRouter(
    responses=PROBLEMS,
    prefix="/v1/admin/registry",
    tags=["registry"],
    dependencies=[Depends(admin_only)],
)


@router.get("", response_model=GivenRegistry)
async def get_registry(parts: PartsOf) -> Response:
    """Give all units, columns and campaigns, without what is as it is by default: the document
    that, put back, changes nothing."""
    entries = await parts.database.read(registry.everything)
    return JSONResponse(registry_document.document(entries))


@router.put("", response_model=Applied, openapi_extra=json_body(GivenRegistry))
async def apply_registry(
    request: Request,
    parts: PartsOf,
    act: ActOf,
    dry_run: Annotated[bool, Query(description="only say what would be done")] = False,
) -> Response:
    """Add what is new and replace what differs, all or nothing; what the document does not name
    stays as it is. Answers with the differences, by field."""
    body = await read_body(request, _MAX_BYTES)
    given = await asyncio.to_thread(read, body, GivenRegistry)
    if dry_run:
        planned = await parts.database.read(partial(_plan, given=given, at=act.now))
    else:
        planned = await parts.database.write(partial(_apply, given=given, act=act))
        parts.wake_relay()
        log.info("registry_applied", changed=len(planned.differences))
    return JSONResponse(planned.body(dry_run=dry_run))


def _plan(conn: Connection, given: GivenRegistry, at: datetime) -> Plan[Entry]:
    return registry_document.plan(given, registry.everything(conn), day_in_vietnam(at))


def _apply(conn: Connection, given: GivenRegistry, act: Act) -> Plan[Entry]:
    planned = _plan(conn, given, act.now)
    for each in planned.differences:
        new = each.before is None
        registry.store(conn, each.after, act.trace, act.now, new=new)
        about = ":".join(each.place)
        record(conn, act, "registry.added" if new else "registry.changed", about, {})
    return planned
