"""HTTP for the newsroom: what a product would bring, before it is saved."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from schemas.partner import Product
from schemas.text import Code
from services.common.bodies import read_body
from services.common.given import read
from services.common.language import language_headers
from services.common.openapi import json_body
from services.common.problems import not_found
from services.syndicate.explaining.answers import ClauseBody
from services.syndicate.explaining.comparing import Change, Example, Side
from services.syndicate.explaining.what_if import Asked, Found, run
from services.syndicate.partners.admission import office_of
from services.syndicate.partners.routing import newsroom_router

_MOST_BYTES = 512 * 1024  # of a product; its lists may be long

router = newsroom_router(tags=["partners"])


class ExampleBody(BaseModel):
    """An article, and the clause of the product that isn't saved."""

    id: UUID
    version: int
    headline: str
    unit: Code
    published: datetime
    clause: ClauseBody

    @classmethod
    def of(cls, example: Example, product: Product) -> Self:
        """Tell of an article."""
        article = example.article
        return cls(
            id=article.id,
            version=article.version,
            headline=article.headline,
            unit=article.unit,
            published=article.published,
            clause=ClauseBody.of(example.clause, product),
        )


class SideBody(BaseModel):
    """How many, and the newest of them."""

    count: int
    articles: Sequence[ExampleBody]

    @classmethod
    def of(cls, side: Side, product: Product) -> Self:
        """Tell of articles to which the same would happen."""
        examples = [ExampleBody.of(example, product) for example in side.examples]
        return cls(count=side.count, articles=examples)


class WhatIf(BaseModel):
    """What a product would change."""

    since: datetime
    """How far back we looked."""
    complete: bool
    """Whether that is as far as was asked."""
    looked_at: int
    """Articles, each at its newest version; those that have ended are among them."""
    comes: SideBody
    goes: SideBody
    stays_in: SideBody
    stays_out: SideBody

    @classmethod
    def of(cls, found: Found, product: Product) -> Self:
        """Tell what was found out about `product`."""
        sides = found.comparison.sides
        return cls(
            since=found.since,
            complete=found.complete,
            looked_at=found.comparison.looked_at,
            comes=SideBody.of(sides[Change.COMES], product),
            goes=SideBody.of(sides[Change.GOES], product),
            stays_in=SideBody.of(sides[Change.STAYS_IN], product),
            stays_out=SideBody.of(sides[Change.STAYS_OUT], product),
        )


_Days = Annotated[int, Query(ge=1, le=366, description="how many days back")]
_Limit = Annotated[int, Query(ge=0, le=100, description="articles that are named of each kind")]


@router.post("/what-if", response_model=WhatIf, openapi_extra=json_body(Product))
async def what_if(request: Request, days: _Days = 7, limit: _Limit = 20) -> Response:
    """Say what a product would have brought in the last days; nothing is saved."""
    return await _answered(request, None, days, limit)


@router.post("/partners/{code}/what-if", response_model=WhatIf, openapi_extra=json_body(Product))
async def what_if_for_partner(
    request: Request, code: Code, days: _Days = 7, limit: _Limit = 20
) -> Response:
    """Say what would come and go with a product in the place of the partner's present one."""
    return await _answered(request, code, days, limit)


async def _answered(request: Request, partner: str | None, days: int, limit: int) -> Response:
    product = read(await read_body(request, _MOST_BYTES), Product)
    found = await run(office_of(request).database, Asked(product, partner, days, limit))
    if found is None:
        raise not_found()
    body = WhatIf.of(found, product).model_dump(mode="json")
    return JSONResponse(body, headers=language_headers())
