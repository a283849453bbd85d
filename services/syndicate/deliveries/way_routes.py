"""HTTP for the newsroom: a partner's ways beside webhooks."""

import asyncio
import json
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Row, select
from starlette.responses import JSONResponse

from schemas.partner import Format
from services.common.bodies import read_body
from services.common.given import read, refused
from services.common.instants import now
from services.common.openapi import PROBLEMS, Answers, header, json_body
from services.common.problems import FieldError, Problem, not_found
from services.common.said import said
from services.syndicate.deliveries import ways
from services.syndicate.deliveries.folder import allowed_root
from services.syndicate.deliveries.given import GivenWay, OneOfThem, new_way
from services.syndicate.deliveries.other_ways import KINDS, Allowed, OtherWays
from services.syndicate.deliveries.sending import NotTaken
from services.syndicate.deliveries.way_answers import Switch, ToldWay, ToldWays, Tried
from services.syndicate.partner_tables import PARTNER
from services.syndicate.partners.admission import admin_only, office_of

_BY_ADMIN = "admin"
_MOST_BYTES = 64 * 1024
_MOST_WAYS = 50  # of one partner
_TRIAL = 30.0  # seconds

_MADE: Answers = {201: {"description": "Made", "headers": {"Location": header("Where")}}}

log = structlog.get_logger()

router = APIRouter(
    responses=PROBLEMS,
    prefix="/v1/admin/partners/{code}/ways",
    tags=["ways"],
    dependencies=[Depends(admin_only)],
)


class _Kind(BaseModel):
    """The field by which the others are read."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    kind: str


@router.post(
    "", status_code=201, response_model=ToldWay, responses=_MADE, openapi_extra=json_body(GivenWay)
)
async def make_way(request: Request, code: str) -> Response:
    """Make a way by which the partner is sent what comes from now on: `folder`, `object_store`,
    `sftp` or `email`, each with fields of its own."""
    database = office_of(request).database
    formats = await database.read(partial(_formats, code=code))
    given = _given(await read_body(request, _MOST_BYTES))
    if errors := _faults(given, formats, _ways_of(request).allowed):
        raise refused(errors)
    row = await database.write(partial(_make, code=code, given=given))
    log.info("way_made", partner=code, way=str(row.id), kind=row.kind)
    told = ToldWay.of(row).model_dump(mode="json")
    return JSONResponse(told, 201, {"Location": f"{request.url.path}/{row.id}"})


@router.get("")
async def list_ways(request: Request, code: str) -> ToldWays:
    """List the partner's ways, but for webhooks, which have a list of their own."""

    def listed(connection: Connection) -> list[ToldWay]:
        _formats(connection, code)
        return [ToldWay.of(row) for row in ways.listed(connection, code, KINDS)]

    return ToldWays(items=await office_of(request).database.read(listed))


@router.get("/{way}")
async def get_way(request: Request, code: str, way: UUID) -> ToldWay:
    """Give a way."""
    find = partial(_find, code=code, way=way)
    return ToldWay.of(await office_of(request).database.read(find))


@router.patch("/{way}", response_model=ToldWay, openapi_extra=json_body(Switch))
async def switch_way(request: Request, code: str, way: UUID) -> ToldWay:
    """Turn a way off or on. What is published meanwhile it does not get: that is for a replay."""
    database = office_of(request).database
    await database.read(partial(_find, code=code, way=way))
    switch = read(await read_body(request, _MOST_BYTES), Switch)

    def turn(connection: Connection) -> Row[Any]:
        before = _find(connection, code, way)
        if switch.on and before.off is not None:
            ways.turn_on(connection, way)
        elif not switch.on:
            ways.turn_off(connection, way, _BY_ADMIN)
        return _find(connection, code, way)

    row = await database.write(turn)
    log.info("way_turned", partner=code, way=str(way), on=switch.on)
    return ToldWay.of(row)


@router.delete("/{way}", status_code=204)
async def remove_way(request: Request, code: str, way: UUID) -> None:
    """Forget a way and its secrets. What waits for it is not sent."""

    def remove(connection: Connection) -> None:
        ways.remove(connection, _find(connection, code, way))

    await office_of(request).database.write(remove)
    log.info("way_removed", partner=code, way=str(way))


@router.post("/{way}/test")
async def try_way(request: Request, code: str, way: UUID) -> Tried:
    """Do at once what a delivery does: put a file there and remove it, or send a mail that says
    that it is a test. Nothing of any article is in it."""
    find = partial(_find, code=code, way=way)
    row = await office_of(request).database.read(find)
    began = monotonic()
    error = None
    try:
        async with asyncio.timeout(_TRIAL):
            await _ways_of(request).try_out(ways.way_of(row, now()))
    except NotTaken as failure:
        error = failure.reason
    except TimeoutError:
        error = "too_slow"
    log.info("way_tried", partner=code, way=str(way), error=error)
    return Tried(ok=error is None, error=error, seconds=round(monotonic() - began, 3))


def _ways_of(request: Request) -> OtherWays:
    found: OtherWays = request.app.state.other_ways
    return found


def _given(body: bytes) -> OneOfThem:
    # By its kind first: pydantic's own unions put the kind into the places of their errors.
    kind = read(body, _Kind).kind
    model = GivenWay.KINDS.get(kind)
    if model is None:
        detail = said("must be one of: {expected}", expected=", ".join(GivenWay.KINDS))
        raise refused([FieldError("/kind", detail, "enum")])
    return read(body, model)


def _faults(given: OneOfThem, formats: list[Format], allowed: Allowed) -> list[FieldError]:
    """Find what is wrong with it for this partner, and on this machine."""
    found = []
    mail = given.kind == "email"
    # In a mail, JSON means that nothing is attached.
    if formats and given.format not in formats and not (mail and given.format is Format.JSON):
        detail = said("is not in the partner's contract: {formats}", formats=", ".join(formats))
        found.append(FieldError("/format", detail, "format"))
    if given.kind == "folder" and allowed_root(given.target, allowed.folders) is None:
        detail = said("must be in a folder that TINBAI_PARTNER_FOLDERS allows, without `..`")
        found.append(FieldError("/target", detail, "folder"))
    if mail and allowed.mail_server is None:
        detail = said("no mail can be sent: TINBAI_SMTP_URL is not set")
        found.append(FieldError("/kind", detail, "no_mail_server"))
    return found


def _make(connection: Connection, code: str, given: OneOfThem) -> Row[Any]:
    _formats(connection, code)
    there = ways.listed(connection, code, KINDS)
    if any((row.kind, row.target) == (given.kind, given.target) for row in there):
        raise Problem("conflict", said("The partner has a way to this target already."))
    if len(there) >= _MOST_WAYS:
        raise Problem("conflict", said("A partner has at most {most} ways.", most=_MOST_WAYS))
    made = ways.add(connection, new_way(code, given), now())
    return _find(connection, code, made)


def _formats(connection: Connection, code: str) -> list[Format]:
    """Give the formats of a partner's contract. Raises Problem (404) where there is none such."""
    query = select(PARTNER.c.formats).where(PARTNER.c.code == code)
    formats = connection.scalars(query).one_or_none()
    if formats is None:
        raise not_found()
    return [Format(each) for each in json.loads(formats)]


def _find(connection: Connection, code: str, way: UUID) -> Row[Any]:
    row = ways.find(connection, code, way, KINDS)
    if row is None:
        raise not_found()
    return row
