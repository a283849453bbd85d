"""HTTP for the newsroom: partners, and what each of them gets."""

import asyncio
from functools import partial
from typing import Annotated

import structlog
from fastapi import Header, Query, Request, Response
from pydantic import BaseModel
from starlette.responses import JSONResponse

from schemas.partner import Partner
from schemas.text import Code
from services.common.bodies import read_body
from services.common.given import read, refused
from services.common.openapi import Answers, header, json_body
from services.common.problems import FieldError
from services.common.said import said
from services.syndicate.partners import changing, store
from services.syndicate.partners.acts import ActOf
from services.syndicate.partners.admission import office_of
from services.syndicate.partners.answers import Applied
from services.syndicate.partners.document import GivenPartners
from services.syndicate.partners.routing import newsroom_router
from services.syndicate.partners.store import Stored

_MOST_BYTES = 512 * 1024
_MOST_TOGETHER = 4 * 1024 * 1024

_ETAG = {"ETag": header("Of this state: for `If-Match`")}
_MADE: Answers = {201: {"description": "Made", "headers": _ETAG | {"Location": header("Where")}}}
_TAGGED: Answers = {200: {"description": "As it stands", "headers": _ETAG}}

log = structlog.get_logger()

router = newsroom_router("/partners", tags=["partners"])


class Partners(BaseModel):
    """Some partners, and the cursor for those that follow."""

    items: list[Partner]
    next: str | None


@router.post(
    "", status_code=201, response_model=Partner, responses=_MADE, openapi_extra=json_body(Partner)
)
async def add_partner(request: Request, act: ActOf) -> Response:
    """Add a partner. It gets all that its product holds, from the first article on."""
    partner = read(await read_body(request, _MOST_BYTES), Partner)
    office = office_of(request)
    stored = await office.database.write(
        partial(changing.add, office=office, act=act, partner=partner)
    )
    changing.tell_changed(office)
    log.info("partner_added", partner=partner.code)
    return _answer(stored, 201, Location=f"/v1/admin/partners/{partner.code}")


@router.get("")
async def list_partners(
    request: Request,
    cursor: Annotated[str, Query(max_length=300)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Partners:
    """List partners by code."""
    listing = partial(store.listed, after=cursor, limit=limit + 1)
    found = [each.partner for each in await office_of(request).database.read(listing)]
    return Partners(items=found[:limit], next=found[limit - 1].code if len(found) > limit else None)


@router.put("", response_model=Applied, openapi_extra=json_body(GivenPartners))
async def apply_partners(
    request: Request,
    act: ActOf,
    dry_run: Annotated[bool, Query(description="only say what would be done")] = False,
) -> Response:
    """Add partners that are new and replace those that differ, all or nothing; whom the document
    does not name stays. Answers with the differences, by field."""
    office = office_of(request)
    given = await asyncio.to_thread(read, await read_body(request, _MOST_TOGETHER), GivenPartners)
    if dry_run:
        planned = await office.database.read(partial(changing.planned_of, given=given))
    else:
        planned = await office.database.write(partial(changing.apply, act=act, given=given))
        changing.tell_changed(office)
        log.info("partners_applied", changed=len(planned.differences))
    return JSONResponse(planned.body(dry_run=dry_run))


@router.get("/{code}", response_model=Partner, responses=_TAGGED)
async def get_partner(code: Code, request: Request) -> Response:
    """Give a partner."""
    return _answer(await office_of(request).database.read(partial(store.known, code=code)))


@router.put("/{code}", response_model=Partner, responses=_TAGGED, openapi_extra=json_body(Partner))
async def replace_partner(
    code: Code,
    request: Request,
    act: ActOf,
    if_match: Annotated[
        str | None, Header(description="The ETag of the state that is replaced, if it matters")
    ] = None,
) -> Response:
    """Put a whole partner in the place of the one that is there. What another product includes or
    no longer includes comes as entries of its `changes`."""
    office = office_of(request)
    await office.database.read(partial(store.known, code=code))
    partner = read(await read_body(request, _MOST_BYTES), Partner)
    if partner.code != code:
        raise refused([FieldError("/code", said("a code never changes"), "code")])
    job = partial(changing.replace, office=office, act=act, partner=partner, if_match=if_match)
    stored = await office.database.write(job)
    changing.tell_changed(office)
    log.info("partner_changed", partner=code, product=stored.product)
    return _answer(stored)


def _answer(stored: Stored, status: int = 200, **headers: str) -> Response:
    shown = stored.partner.model_dump(mode="json")
    return JSONResponse(shown, status, {"ETag": stored.etag, **headers})
