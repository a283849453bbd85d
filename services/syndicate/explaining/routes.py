"""HTTP: why a partner got an article, or did not."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import JSONResponse, Response

from schemas.text import Code
from services.common.language import language_headers
from services.common.problems import not_found
from services.syndicate.explaining.answers import Explanation
from services.syndicate.explaining.facts import facts
from services.syndicate.explaining.judging import concerns, judge, judge_by_rules
from services.syndicate.partners.admission import PartnerCode, office_of
from services.syndicate.partners.routing import newsroom_router, partner_router

router = partner_router("partners")
for_newsroom = newsroom_router("/partners/{code}", tags=["partners"])

_Number = Annotated[int | None, Query(ge=1, lt=2**31)]


@router.get("/explain/{article}", response_model=Explanation)
async def explain(
    request: Request,
    code: PartnerCode,
    article: UUID,
    version: _Number = None,
    product: _Number = None,
) -> Response:
    """Say whether an article is in, waiting, delivered, out or gone, and by which clause of the
    product. With `version` or `product` (its number): how that one decides."""
    return await _explained(request, code, article, version, product, everything=False)


@for_newsroom.get("/explain/{article}", response_model=Explanation)
async def explain_to_newsroom(
    request: Request,
    code: Code,
    article: UUID,
    version: _Number = None,
    product: _Number = None,
) -> Response:
    """Say the same of any partner, and of tests too."""
    return await _explained(request, code, article, version, product, everything=True)


async def _explained(
    request: Request,
    code: str,
    article: UUID,
    version: int | None,
    product: int | None,
    *,
    everything: bool,
) -> Response:
    gather = partial(facts, partner=code, article=article, version=version, product=product)
    found = await office_of(request).database.read(gather)
    if found is None or not (everything or concerns(found)):
        raise not_found()
    present = version is None and product is None
    judgement = judge(found) if present else judge_by_rules(found)
    body = Explanation.of(code, article, found, judgement).model_dump(mode="json")
    return JSONResponse(body, headers=language_headers())
