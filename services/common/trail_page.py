"""A part of an audit trail, as it is shown over HTTP."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Connection

from schemas.times import Time
from services.common import trail

After = Annotated[int, Query(ge=0, le=2**53)]
Limit = Annotated[int, Query(ge=1, le=1000)]
About = Annotated[str | None, Query(alias="object", pattern="^[!-~]+$", description="`KIND:CODE`")]


class AuditEntry(BaseModel):
    """Who did what; `hash` chains it to the entry before."""

    seq: int
    at: Time
    by: str
    unit: str | None
    action: str
    object: str
    request_id: str
    detail: dict[str, Any]
    previous: str
    hash: str


class AuditPage(BaseModel):
    """A part of the audit trail; `next` is the `after` of the part that follows."""

    items: list[AuditEntry]
    next: int | None


def page(conn: Connection, after: int, limit: int, about: str | None) -> dict[str, Any]:
    """Give the JSON of a part, the oldest entry first."""
    entries = trail.listed(conn, after, limit + 1, about)
    following = entries[limit - 1]["seq"] if len(entries) > limit else None
    return {"items": [trail.as_json(entry) for entry in entries[:limit]], "next": following}
