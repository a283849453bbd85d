"""HTTP for partners that prove to themselves that they have everything."""

from datetime import date
from functools import partial
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from services.common.database import Database
from services.common.instants import now
from services.common.problems import not_found
from services.syndicate.manifests import store
from services.syndicate.manifests.day import begin, day_of, is_complete
from services.syndicate.manifests.manifest import Manifest, SignedManifest, signed
from services.syndicate.manifests.signing import (
    PublicKey,
    SigningKey,
    stored_key,
    stored_or_new_key,
)
from services.syndicate.partners.admission import PartnerCode, office_of

MOST = 10_000  # lines: some 2 MB. A new partner may get a million entries in a day.

router = APIRouter(tags=["manifests"])


class Day(BaseModel):
    """A day that has a manifest, and which seq are in it."""

    date: date
    complete: bool
    after: int
    last: int


class Days(BaseModel):
    """Some of them, and the cursor for those that follow."""

    items: list[Day]
    next: date | None


@router.get("/manifests/key")
async def read_key(request: Request) -> PublicKey:
    """Give the public key by which manifests are verified. Keep it: it stays the same."""
    return (await _key(office_of(request).database)).public


@router.get("/partners/{code}/manifests")
async def list_days(
    request: Request,
    code: PartnerCode,
    cursor: date | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Days:
    """List the days on which you were told something, and today."""
    return await office_of(request).database.read(
        partial(_days, partner=code, cursor=cursor, limit=limit)
    )


@router.get("/partners/{code}/manifests/{day}", response_model=SignedManifest)
async def read_manifest(
    request: Request,
    code: PartnerCode,
    day: date,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> Response:
    """Give the signed list of all that you were told on a day in UTC. Where a day has more than
    `limit`, `next` says how to ask for the rest; each part is signed. 404 before your first day and
    after today."""
    database = office_of(request).database
    key = await _key(database)
    reading = partial(_manifest, key=key, partner=code, day=day, after=after, limit=limit)
    values = await database.read(reading)
    if values is None:
        raise not_found()
    return JSONResponse(values, headers={"Cache-Control": "private, no-cache"})


async def _key(database: Database) -> SigningKey:
    if known := await database.read(stored_key):
        return known
    return await database.write(stored_or_new_key)


def _manifest(
    connection: Connection, key: SigningKey, partner: str, day: date, after: int, limit: int
) -> dict[str, Any] | None:
    """Sign here as well, in the reader's thread: some tenths of a second for a large day."""
    made = now()
    if not store.first_day(connection, partner) <= day <= day_of(made):
        return None
    before, end = store.bounds(connection, partner, day)
    after = min(max(before, after), end)
    lines = store.lines(connection, partner, after, end, limit)
    last = lines[-1].seq if lines else after
    manifest = Manifest(
        partner=partner,
        date=day,
        made=made,
        complete=is_complete(day, made),
        after=after,
        last=last,
        items=lines,
        next=last if last < end else None,
        key=key.public.id,
    )
    return signed(manifest, key)


def _days(connection: Connection, partner: str, cursor: date | None, limit: int) -> Days:
    made = now()
    today = day_of(made)
    since = cursor or store.first_day(connection, partner)
    found = list(islice(store.days_with_entries(connection, partner, begin(since)), limit + 1))
    if len(found) <= limit and today not in found and since <= today:
        found.append(today)
    items = [_day(connection, partner, each, is_complete(each, made)) for each in found[:limit]]
    return Days(items=items, next=found[limit] if len(found) > limit else None)


def _day(connection: Connection, partner: str, day: date, complete: bool) -> Day:
    after, last = store.bounds(connection, partner, day)
    return Day(date=day, complete=complete, after=after, last=last)
