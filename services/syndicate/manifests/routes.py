"""HTTP for partners that prove to themselves that they have everything."""

import asyncio
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.common.database import Database
from services.common.instants import now
from services.common.openapi import PROBLEMS
from services.common.problems import not_found
from services.syndicate.manifests import store
from services.syndicate.manifests.manifest import Days, SignedManifest, signed
from services.syndicate.manifests.signing import (
    PublicKey,
    SigningKey,
    stored_key,
    stored_or_new_key,
)
from services.syndicate.partners.admission import PartnerCode, office_of
from services.syndicate.partners.routing import partner_router

MOST = 10_000  # lines: some 2 MB. A new partner may get a million entries in a day.

router = partner_router("manifests")
for_everybody = APIRouter(responses=PROBLEMS, tags=["manifests"])


@for_everybody.get("/manifests/key")
async def read_key(request: Request) -> PublicKey:
    """Give the public key by which manifests are verified. Keep it: it stays the same."""
    return (await _key(office_of(request).database)).public


@router.get("/manifests")
async def list_days(
    request: Request,
    code: PartnerCode,
    cursor: date | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Days:
    """List the days on which you were told something, and today."""
    return await office_of(request).database.read(
        partial(store.days, partner=code, cursor=cursor, limit=limit, at=now())
    )


@router.get("/manifests/{day}", response_model=SignedManifest)
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
    reading = partial(store.manifest, partner=code, day=day, after=after, limit=limit, at=now())
    manifest = await database.read(reading)
    if manifest is None:
        raise not_found()
    body = await asyncio.to_thread(signed, manifest, key)
    headers = {"Cache-Control": "private, no-cache"}
    return Response(body, media_type="application/json", headers=headers)


async def _key(database: Database) -> SigningKey:
    if known := await database.read(stored_key):
        return known
    return await database.write(stored_or_new_key)
