"""HTTP for units: what became of an article."""

import json
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import Connection, bindparam, case, or_, select
from starlette.responses import JSONResponse

from schemas.events import Trace
from schemas.times import Time, parse
from services.common.openapi import PROBLEMS
from services.ingest import commands
from services.ingest.answers import Page
from services.ingest.api import CallerOf, PartsOf, call_of
from services.ingest.relaying import outbox
from services.ingest.tables import reviews, versions
from services.ingest.tracking import hops
from services.ingest.tracking.timeline import Item, Name, Review, Sent, Version, timeline

# Of what was handed in only what may hold an embargo: it is long, and some ask again and again.
_MAYBE_HELD = or_(versions.c.status == "embargoed", versions.c.released > versions.c.received)
_VERSIONS = select(
    versions.c.version,
    versions.c.status,
    versions.c.received,
    versions.c.released,
    versions.c.trace,
    case((_MAYBE_HELD, versions.c.submission)).label("submission"),
).where(versions.c.article_id == bindparam("article"))

router = APIRouter(responses=PROBLEMS, prefix="/v1", tags=["articles"])


class Step(BaseModel):
    """What became of an article, at one point in time: docs/timeline.md."""

    at: Time
    service: str
    event: Name
    version: int
    request_id: str | None = None
    topic: str | None = None
    until: Time | None = None
    note: str | None = None
    partners: list[str] | None = None
    detail: str | None = None
    last: Time | None = None


@router.get("/articles/{article}/timeline", response_model=Page[Step])
async def get_timeline(article: UUID, parts: PartsOf, caller: CallerOf) -> Response:
    """Tell what became of an article, the oldest first: `{at, service, event, version, …}`.

    `received`, `accepted`, `published` (to the log), `listed` (in the feeds), `indexed`, what each
    partner did, and more: docs/timeline.md.
    """
    call = call_of(parts, caller)

    def look(conn: Connection) -> list[Item]:
        commands.find(conn, call, article)
        return timeline_of(conn, article)

    items = await parts.database.read(look)
    return JSONResponse({"items": [item.shown() for item in items], "next": None})


def timeline_of(conn: Connection, article: UUID) -> list[Item]:
    """Read all that is known of an article."""
    sent = [Sent(*each) for each in outbox.sent_versions(conn, article)]
    told = hops.of_article(conn, article)
    return timeline(_versions(conn, article), _reviews(conn, article), sent, told)


def _reviews(conn: Connection, article: UUID) -> list[Review]:
    rows = conn.execute(select(reviews).where(reviews.c.article_id == str(article)))
    return [Review(row.version, row.decision, row.note, row.at) for row in rows]


def _versions(conn: Connection, article: UUID) -> list[Version]:
    rows = conn.execute(_VERSIONS, {"article": str(article)})
    return [
        Version(
            version=row.version,
            status=row.status,
            received=row.received,
            released=row.released,
            embargoed_until=_embargo(row.submission) if row.submission else None,
            request_id=Trace.model_validate_json(row.trace).request_id,
        )
        for row in rows
    ]


def _embargo(submission: str) -> datetime | None:
    until = json.loads(submission).get("embargoed_until")
    return parse(until) if until else None
