"""Who calls: a partner with its own key, or who runs the system."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request

from services.common.auth import AdminKey, bearer
from services.common.database import Database
from services.common.limiter import Limiter, stranger
from services.common.openapi import BearerKey
from services.common.problems import not_found, unauthorized
from services.common.said import said
from services.syndicate.changes.reassessing import Reassessor
from services.syndicate.changes.waiting import Arrivals
from services.syndicate.feeds.site import Site
from services.syndicate.partners.keyring import Keyring
from services.syndicate.partners.visit import visit_of

# More would stand before the intake's in the store's queue, however many a partner sends.
_WRITES_AT_ONCE = 4

_ADMIN = "admin"  # as who counts requests; no partner's window is called that


def _limiter() -> Limiter:
    return Limiter(1000, 5000, "partner")


@dataclass(frozen=True)
class Office:
    """What the routes of the partners' side work with: `app.state.office`."""

    database: Database
    site: Site
    admin: AdminKey
    arrivals: Arrivals
    reassessor: Reassessor
    given: Callable[[str, int], None]
    """Is told which partner was given its entries up to which seq; nobody waits for it."""
    limiter: Limiter = field(default_factory=_limiter)

    @cached_property
    def keyring(self) -> Keyring:
        """The keys of all partners."""
        return Keyring(self.database)

    @cached_property
    def writes(self) -> defaultdict[str, asyncio.Semaphore]:
        """For each partner, to be held for what it has written to the store."""
        return defaultdict(lambda: asyncio.Semaphore(_WRITES_AT_ONCE))


def is_newsroom(request: Request) -> bool:
    """Whether it is the newsroom that calls, below a partner's address."""
    return office_of(request).admin.matches(visit_of(request.scope).key)


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


async def admitted(request: Request, code: str) -> str:
    """Let in the partner itself by its key, and the newsroom by the admin's; give the partner's
    code. Raises Problem: 401 for no or no good key, before it is looked at whether there is such a
    partner; 404 for the code of another; 429 for too much."""
    office, visit = office_of(request), visit_of(request.scope)
    is_admin = not visit.in_query and office.admin.matches(visit.key)
    caller = await office.keyring.partner(visit.key) if visit.key and not is_admin else None
    if is_admin:
        _take(request, _ADMIN)
    elif caller is not None:
        _take(request, f"partner {caller}")
    else:
        _take(request, stranger(request.client and request.client.host))
        raise unauthorized(
            said(
                "Send the key as `Authorization: Bearer KEY`, as the password of Basic "
                "authentication, or, to read, as `?key=KEY`."
            )
        )
    if not (await office.keyring.knows(code) if is_admin else caller == code):
        raise not_found()
    return code


PartnerCode = Annotated[str, Depends(admitted)]
"""The partner that calls, for routes below `/partners/{code}`."""


def _take(request: Request, who: str) -> None:
    """Count a request, and say in the answer what is left. Raises Problem (429)."""
    allowance = office_of(request).limiter.take(who)
    visit_of(request.scope).headers = allowance.headers
    if not allowance.granted:
        raise allowance.problem
