"""HTTP for partners that ask what is new."""

import asyncio
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel

from schemas.partner import Entry
from services.syndicate.partners.admission import PartnerCode, is_newsroom, office_of
from services.syndicate.partners.routing import partner_router

router = partner_router("partners")


class Changes(BaseModel):
    """Entries, oldest first; `last` is the `after` of the next call."""

    items: list[Entry]
    last: int


@router.get("/changes", response_model=Changes)
async def changes(
    request: Request,
    code: PartnerCode,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    wait: Annotated[float, Query(ge=0, le=60)] = 0,
) -> Response:
    """Give what this partner was told after a seq; where there is nothing, wait for it so many
    seconds. From 0, everything is told again."""
    office = office_of(request)
    page = await office.arrivals.page(code, after, limit, wait)
    if page.items and not is_newsroom(request):
        office.given(code, page.last)
    shown = Changes(items=list(page.items), last=page.last)
    body = await asyncio.to_thread(shown.model_dump_json)  # of some 16 MB at the most
    return Response(body, media_type="application/json")
