"""HTTP for the newsroom: tell a partner again what it was told in a period."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Self
from uuid import UUID

import structlog
from fastapi import Request
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from schemas.text import Code
from schemas.times import Time
from services.common.bodies import read_body
from services.common.given import Given, read, refused
from services.common.instants import now
from services.common.openapi import json_body
from services.common.problems import FieldError
from services.common.said import said
from services.syndicate.changes.replaying import Period, replayed
from services.syndicate.deliveries.queueing import queue
from services.syndicate.partners import store as partner_store
from services.syndicate.partners.admission import office_of
from services.syndicate.partners.routing import newsroom_router
from services.syndicate.ways import store as ways

_MOST_BYTES = 16 * 1024
_AT_ONCE = 250  # entries in one transaction, for which the intake waits
_MOST = 10_000  # entries for one call
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger()

router = newsroom_router("/partners/{code}/replay", tags=["deliveries"])


class Wish(Given):
    """What to replay. Without `from` from the first entry on, without `to` up to now."""

    from_: Time | None = Field(default=None, alias="from")
    to: Time | None = None
    after: int = Field(default=0, ge=0, lt=2**53)
    """Only entries after this seq: `next` of the call before."""
    ways: list[UUID] | None = Field(default=None, max_length=100)
    """Webhooks and other ways by their ids; all that are on where it is left out."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.from_ and self.to and self.to < self.from_:
            raise PydanticCustomError("dates", "`to` must not be before `from`")
        return self


class Replay(BaseModel):
    """How many entries were queued, and after which seq to go on if there are more."""

    queued: int
    next: int | None


@router.post("", response_model=Replay, openapi_extra=json_body(Wish))
async def replay(request: Request, code: Code) -> Replay:
    """Push again what the partner was told in a period, each article as it stands now, under its
    old seq and marked `replay`. Live entries go first."""
    office = office_of(request)
    await office.database.read(partial(partner_store.known, code=code))
    wish = read(await read_body(request, _MOST_BYTES), Wish)
    period = Period(wish.from_ or _BEGINNING, wish.to or now())
    chosen = _chosen(await office.database.read(partial(ways.on, partner=code)), wish.ways)
    queued, after = 0, wish.after
    while chosen and queued < _MOST:
        job = partial(_queue, partner=code, period=period, after=after, chosen=chosen)
        count, after = await office.database.write(job)
        office.arrivals.any.set()
        queued += count
        if count < _AT_ONCE:
            break
    log.info("replay_queued", partner=code, count=queued)
    return Replay(queued=queued, next=after if queued >= _MOST else None)


def _chosen(on: Collection[UUID], wished: Sequence[UUID] | None) -> Collection[UUID]:
    if wished is None:
        return on
    why = said("is no way of this partner that is on")
    faults = [
        FieldError(f"/ways/{place}", why, "way")
        for place, way in enumerate(wished)
        if way not in on
    ]
    if faults:
        raise refused(faults)
    return wished


def _queue(
    connection: Connection, partner: str, period: Period, after: int, chosen: Collection[UUID]
) -> tuple[int, int]:
    entries = replayed(connection, partner, period, after, _AT_ONCE)
    queue(connection, entries, chosen)
    return len(entries), entries[-1].seq if entries else after
