"""HTTP for the newsroom: what became of a partner's deliveries."""

from functools import partial
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Path, Query, Request
from pydantic import BaseModel

from schemas.text import Code
from services.common.instants import now
from services.syndicate.deliveries import listing
from services.syndicate.deliveries.listing import Delivery, State, Wanted
from services.syndicate.partners.admission import office_of
from services.syndicate.partners.routing import newsroom_router

_NEWEST = 2**53

log = structlog.get_logger()

router = newsroom_router("/partners/{code}/deliveries", tags=["deliveries"])


class Deliveries(BaseModel):
    """Some of them, the newest first, and the cursor for those before."""

    items: list[Delivery]
    next: int | None


@router.get("")
async def list_deliveries(
    request: Request,
    code: Code,
    state: State | None = None,
    article: UUID | None = None,
    cursor: Annotated[int, Query(ge=1, le=_NEWEST)] = _NEWEST,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Deliveries:
    """List deliveries by webhook and the other ways of pushing, the newest first. What ended more
    than 30 days ago is not kept."""
    wanted = Wanted(code, state, article, cursor, limit + 1)
    rows = await office_of(request).database.read(partial(listing.listed, wanted=wanted))
    items = [Delivery.of(row) for row in rows[:limit]]
    return Deliveries(items=items, next=items[-1].id if len(rows) > limit else None)


@router.post("/{delivery}/retry")
async def retry_delivery(
    request: Request, code: Code, delivery: Annotated[int, Path(ge=1, le=_NEWEST)]
) -> Delivery:
    """Try a failed delivery again, now, and on as if it were new."""
    office = office_of(request)
    job = partial(listing.try_again, partner=code, delivery=delivery, at=now())
    row = await office.database.write(job)
    office.arrivals.any.set()
    log.info("delivery_begun_anew", partner=code, delivery=delivery)
    return Delivery.of(row)
