"""HTTP for the newsroom: a partner's ways beside webhooks."""

import asyncio
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from fastapi import Request, Response
from sqlalchemy import Connection, Row
from starlette.responses import JSONResponse

from schemas.text import Code
from services.common.bodies import read_body
from services.common.given import read, refused
from services.common.instants import now
from services.common.openapi import Answers, header, json_body
from services.syndicate.partners import store as partner_store
from services.syndicate.partners.admission import office_of
from services.syndicate.partners.routing import newsroom_router
from services.syndicate.ways import store as ways
from services.syndicate.ways import wishes
from services.syndicate.ways.answers import Switch, ToldWay, ToldWays, Tried
from services.syndicate.ways.given import GivenWay
from services.syndicate.ways.other_ways import KINDS, OtherWays
from services.syndicate.ways.sending import NotTaken

_MOST_BYTES = 64 * 1024
_TRIAL = 30.0  # seconds

_MADE: Answers = {201: {"description": "Made", "headers": {"Location": header("Where")}}}

log = structlog.get_logger()

router = newsroom_router("/partners/{code}/ways", tags=["ways"])


@router.post(
    "", status_code=201, response_model=ToldWay, responses=_MADE, openapi_extra=json_body(GivenWay)
)
async def make_way(request: Request, code: Code) -> Response:
    """Make a way by which the partner is sent what comes from now on: `folder`, `object_store`,
    `sftp` or `email`, each with fields of its own."""
    database = office_of(request).database
    stored = await database.read(partial(partner_store.known, code=code))
    given = wishes.given_in(await read_body(request, _MOST_BYTES))
    if errors := wishes.faults(given, stored.partner, _ways_of(request).allowed):
        raise refused(errors)
    row = await database.write(partial(wishes.make, code=code, given=given))
    log.info("way_made", partner=code, way=str(row.id), kind=row.kind)
    told = ToldWay.of(row).model_dump(mode="json")
    return JSONResponse(told, 201, {"Location": f"{request.url.path}/{row.id}"})


@router.get("")
async def list_ways(request: Request, code: Code) -> ToldWays:
    """List the partner's ways, but for webhooks, which have a list of their own."""

    def listed(connection: Connection) -> list[ToldWay]:
        partner_store.known(connection, code)
        return [ToldWay.of(row) for row in ways.listed(connection, code, KINDS)]

    return ToldWays(items=await office_of(request).database.read(listed))


@router.get("/{way}")
async def get_way(request: Request, code: Code, way: UUID) -> ToldWay:
    """Give a way."""
    find = partial(wishes.find, code=code, way=way)
    return ToldWay.of(await office_of(request).database.read(find))


@router.patch("/{way}", response_model=ToldWay, openapi_extra=json_body(Switch))
async def switch_way(request: Request, code: Code, way: UUID) -> ToldWay:
    """Turn a way off or on. What is published meanwhile it does not get: that is for a replay."""
    database = office_of(request).database
    await database.read(partial(wishes.find, code=code, way=way))
    switch = read(await read_body(request, _MOST_BYTES), Switch)

    def turn(connection: Connection) -> Row[Any]:
        ways.switch(connection, wishes.find(connection, code, way), on=switch.on)
        return wishes.find(connection, code, way)

    row = await database.write(turn)
    log.info("way_switched", partner=code, way=str(way), on=switch.on)
    return ToldWay.of(row)


@router.delete("/{way}", status_code=204)
async def remove_way(request: Request, code: Code, way: UUID) -> None:
    """Forget a way and its secrets. What waits for it is not sent."""

    def remove(connection: Connection) -> None:
        ways.remove(connection, wishes.find(connection, code, way))

    await office_of(request).database.write(remove)
    log.info("way_removed", partner=code, way=str(way))


@router.post("/{way}/test")
async def try_way(request: Request, code: Code, way: UUID) -> Tried:
    """Do at once what a delivery does: put a file there and remove it, or send a mail that says
    that it is a test. Nothing of any article is in it."""
    find = partial(wishes.find, code=code, way=way)
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
