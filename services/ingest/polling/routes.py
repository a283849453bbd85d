"""HTTP for the newsroom: how the polls of units' feeds go, and a poll at once."""

import json
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Connection, Row
from starlette.responses import JSONResponse

from schemas.registry import Unit
from schemas.text import Code
from services.common.instants import now
from services.common.openapi import PROBLEMS
from services.common.problems import Problem, not_found
from services.common.said import said
from services.ingest.access.routes import newsroom_only
from services.ingest.answers import Cursor, Page
from services.ingest.api import PartsOf
from services.ingest.polling import store
from services.ingest.polling.answers import AskedPoll, Poll, PolledItem
from services.ingest.polling.poller import Poller
from services.ingest.registry import entries as registry

log = structlog.get_logger()

router = APIRouter(
    responses=PROBLEMS,
    prefix="/v1/admin/polls",
    tags=["polls"],
    dependencies=[Depends(newsroom_only)],
)


async def poller_of(request: Request) -> Poller:
    """Give the poller that `app.py` has wired."""
    poller = request.app.state.poller
    assert isinstance(poller, Poller)
    return poller


@router.get("", response_model=Page[Poll])
async def list_polls(
    parts: PartsOf, cursor: Cursor = "", limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> Response:
    """List the feeds that are polled: the last success and failure of each, and what comes next."""
    rows = await parts.database.read(lambda conn: store.listed(conn, cursor, limit + 1))
    following = rows[limit - 1].unit if len(rows) > limit else None
    return JSONResponse({"items": [_poll(row) for row in rows[:limit]], "next": following})


@router.get("/{code}", response_model=Poll)
async def get_poll(code: Code, parts: PartsOf) -> Response:
    """Say how the polls of one unit's feed go."""
    row = await parts.database.read(lambda conn: store.find(conn, code))
    if row is None:
        raise not_found()
    return JSONResponse(_poll(row))


@router.get("/{code}/items", response_model=Page[PolledItem])
async def list_polled_items(
    code: Code,
    parts: PartsOf,
    noted: Annotated[bool, Query(description="only those that were not taken, or not yet")] = False,
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Response:
    """List what a unit's feed has shown: the article of each, or the reason why there is none."""

    def look(conn: Connection) -> list[Row[Any]]:
        if store.find(conn, code) is None:
            raise not_found()
        rows = store.items_of(conn, code, noted=noted, after=cursor, limit=limit + 1)
        return list(rows)

    rows = await parts.database.read(look)
    following = rows[limit - 1].external_id if len(rows) > limit else None
    return JSONResponse({"items": [_item(row) for row in rows[:limit]], "next": following})


@router.post("/{code}", status_code=202, response_model=Poll | AskedPoll)
async def poll_now(
    code: Code, parts: PartsOf, poller: Annotated[Poller, Depends(poller_of)]
) -> Response:
    """Poll a unit's feed at once, also one that was given up."""

    def ask(conn: Connection) -> Row[Any] | None:
        unit = registry.find(conn, "unit", code)
        if not isinstance(unit, Unit):
            raise not_found()
        if not unit.active or not unit.feed_url:
            raise Problem(
                "conflict", said("The unit {unit} has no feed that is polled.", unit=code)
            )
        store.ask(conn, code, now())
        return store.find(conn, code)

    row = await parts.database.write(ask)
    poller.wake()
    log.info("poll_asked", unit=code)
    return JSONResponse({"unit": code} if row is None else _poll(row), 202)


def _poll(row: Row[Any]) -> dict[str, Any]:
    return {
        "unit": row.unit,
        "feed_url": row.feed_url,
        "since": _time(row.since),
        "next_at": _time(row.next_at),
        "failures": row.failures,
        "last_ok": _time(row.last_ok),
        "last_error": row.last_error,
        "last_error_at": _time(row.last_error_at),
        "notes": json.loads(row.notes),
    }


def _item(row: Row[Any]) -> dict[str, Any]:
    return {
        "external_id": row.external_id,
        "article": row.article_id,
        "version": row.version,
        "note": row.note,
        "seen": _time(row.seen),
    }


def _time(at: Any) -> str | None:  # noqa: ANN401 - a column's
    return None if at is None else at.isoformat()
