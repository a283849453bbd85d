"""HTTP for partners that say what they did."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Query, Request
from pydantic import BaseModel, Field, RootModel
from starlette.responses import JSONResponse, Response

from services.common.bodies import read_body
from services.common.given import read, refused
from services.common.instants import now
from services.common.metrics import ACKNOWLEDGEMENTS
from services.common.openapi import Answers, json_body
from services.common.problems import FieldError, Problem, not_found
from services.common.said import said
from services.common.trace import current_trace
from services.syndicate.circle import acknowledging
from services.syndicate.circle.acknowledging import Kept, NeverTold, Refused, TooManyWords
from services.syndicate.circle.words import Acknowledgement, Word
from services.syndicate.partners.admission import PartnerCode, is_newsroom, office_of
from services.syndicate.partners.routing import partner_router

_LIMIT = 512 * 1024
_MOST = 100  # in one call

log = structlog.get_logger()

router = partner_router("acknowledgements")


class Given(RootModel[Acknowledgement | Annotated[list[Acknowledgement], Field(max_length=_MOST)]]):
    """One word, or some."""


class _Several(RootModel[Annotated[list[Acknowledgement], Field(max_length=_MOST)]]):
    """Some words."""


class Acknowledged(BaseModel):
    """A word, and when it was said first."""

    id: UUID
    version: int
    state: Word
    url: str | None
    at: datetime


class Acknowledgements(BaseModel):
    """Some of them, and the cursor for those that follow."""

    items: list[Acknowledged]
    next: int | None


_KEPT: Answers = {
    201: {"model": Acknowledged | Acknowledgements, "description": "Kept"},
    200: {"model": Acknowledged | Acknowledgements, "description": "It was said before"},
}


@router.post(
    "/acknowledgements",
    status_code=201,
    response_model=Acknowledged | Acknowledgements,
    responses=_KEPT,
    openapi_extra=json_body(Given),
)
async def acknowledge(request: Request, code: PartnerCode) -> Response:
    """Say what you did with a version: `received`, `applied`, `removed` or `refused`, and at which
    address the article stands, or stood. A list of them is kept as a whole or not at all. To say a
    thing again changes nothing: 200."""
    raw = await read_body(request, _LIMIT)
    is_list = raw.lstrip()[:1] == b"["
    given = read(raw, _Several).root if is_list else [read(raw, Acknowledgement)]
    kept = await _kept(request, code, given, is_list=is_list)
    for each in kept:
        if each.is_new:
            _account(code, each.acknowledgement)
    status = 201 if any(each.is_new for each in kept) else 200
    shown = [_shown(each) for each in kept]
    answer = Acknowledgements(items=shown, next=None) if is_list else shown[0]
    where = f"/partners/{code}/acknowledgements"
    where += f"?article={shown[0].id}" if not is_list else ""
    headers = {"Location": where} if status == 201 else None
    return JSONResponse(answer.model_dump(mode="json"), status, headers)


@router.get("/acknowledgements")
async def list_acknowledgements(
    request: Request,
    code: PartnerCode,
    article: UUID | None = None,
    cursor: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Acknowledgements:
    """List what you said, the oldest first."""
    listing = partial(
        acknowledging.listed, partner=code, article=article, after=cursor, limit=limit + 1
    )
    rows = await office_of(request).database.read(listing)
    items = [
        Acknowledged(id=row.article, version=row.version, state=row.state, url=row.url, at=row.at)
        for row in rows[:limit]
    ]
    return Acknowledgements(items=items, next=rows[limit - 1].seq if len(rows) > limit else None)


async def _kept(
    request: Request, code: str, given: Sequence[Acknowledgement], *, is_list: bool
) -> list[Kept]:
    job = partial(
        acknowledging.acknowledge,
        partner=code,
        given=given,
        at=now(),
        trace=current_trace(),
        by_newsroom=is_newsroom(request),
    )
    try:
        async with office_of(request).writes[code]:
            return await office_of(request).database.write(job)
    except Refused as bad:
        if not is_list and bad.faults[0].field == "id":
            raise not_found() from None
        raise refused([_field_error(fault, is_list=is_list) for fault in bad.faults]) from None
    except TooManyWords:
        detail = said("You have said too much of this version; nothing further is kept.")
        raise Problem("conflict", detail) from None


def _field_error(fault: NeverTold, *, is_list: bool) -> FieldError:
    place = f"/{fault.index}" if is_list else ""
    why = {
        "id": said("you were never told of this article"),
        "version": said("you were never told of this version"),
    }
    return FieldError(f"{place}/{fault.field}", why[fault.field], "never_told")


def _shown(kept: Kept) -> Acknowledged:
    return Acknowledged(**kept.acknowledgement.model_dump(), at=kept.at)


def _account(partner: str, word: Acknowledgement) -> None:
    ACKNOWLEDGEMENTS.labels(word.state).inc()
    log.info(
        "version_acknowledged",
        partner=partner,
        article=str(word.id),
        version=word.version,
        state=word.state.value,
    )
