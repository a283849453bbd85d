"""Who calls: a partner with its own key, or who runs the system."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Connection, select

from services.common.auth import AdminKey, bearer, digest
from services.common.database import Database
from services.common.openapi import BearerKey
from services.common.problems import not_found, unauthorized
from services.syndicate.changes.reassessing import Reassessor
from services.syndicate.changes.waiting import Arrivals
from services.syndicate.feeds.site import Site
from services.syndicate.partner_tables import PARTNER_KEY


@dataclass(frozen=True)
class Office:
    """What the routes of the partners' side work with: `app.state.office`."""

    database: Database
    site: Site
    admin: AdminKey
    arrivals: Arrivals
    reassessor: Reassessor


def office_of(request: Request) -> Office:
    """Give what the routes work with."""
    office: Office = request.app.state.office
    return office


async def admin_only(
    request: Request, authorization: Annotated[str | None, Depends(BearerKey())]
) -> None:
    """Let in who has the admin's key. Raises Problem (401)."""
    if not office_of(request).admin.matches(bearer(authorization)):
        raise unauthorized()


async def admitted(
    request: Request, code: str, authorization: Annotated[str | None, Depends(BearerKey())]
) -> str:
    """Let in the partner itself, by its key; give its code. Raises Problem: 401 for no or no good
    key, 404 for the code of another."""
    key = bearer(authorization)
    if key is None:
        raise unauthorized()
    owner = await office_of(request).database.read(partial(_owner, key_digest=digest(key)))
    if owner is None:
        raise unauthorized()
    if owner != code:
        raise not_found()
    return code


PartnerCode = Annotated[str, Depends(admitted)]
"""The partner that calls, for routes below `/partners/{code}`."""


def _owner(connection: Connection, key_digest: str) -> str | None:
    query = select(PARTNER_KEY.c.partner).where(PARTNER_KEY.c.digest == key_digest)
    return connection.scalars(query).one_or_none()
