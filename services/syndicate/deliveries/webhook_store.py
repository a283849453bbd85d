"""A partner's webhooks, as the newsroom sees and changes them. Each function is a part of its
caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row, update

from schemas.partner import Format
from services.common.addresses import MOST_BYTES
from services.common.given import Given, refused
from services.common.problems import Problem
from services.common.said import said
from services.syndicate.deliveries import ways
from services.syndicate.deliveries.signing import new_secret
from services.syndicate.deliveries.ways import NewWay
from services.syndicate.deliveries.webhooks import KIND
from services.syndicate.partner_tables import WAY
from services.syndicate.partners import store as partner_store

_MOST = 50  # of one partner
_BOTH_SIGN = timedelta(hours=24)


class GivenWebhook(Given):
    """Where a partner wants to be pushed to."""

    url: str = Field(min_length=1, max_length=MOST_BYTES)
    format: Format = Format.JSON


class MadeWebhook(BaseModel):
    """A webhook that was made, with its secret, which is shown this once."""

    id: UUID
    secret: str


class Webhook(BaseModel):
    """A webhook."""

    id: UUID
    url: str
    format: Format
    on: bool
    off: str | None
    """Why it is off: `admin`, `failing` for days, or `gone`: it said so itself (410)."""
    failures: int
    """In a row."""
    failing_since: datetime | None
    rest_until: datetime | None
    """After failures, it is left alone until then."""
    old_secret_until: datetime | None
    """Until when the secret before this one signs too."""
    created: datetime

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Tell of a row of `way`."""
        same = ("id", "format", "off", "failures", "failing_since", "rest_until", "created")
        fields = {name: getattr(row, name) for name in (*same, "old_secret_until")}
        return cls(url=row.target, on=row.off is None, **fields)


def make(
    connection: Connection, partner: str, given: GivenWebhook, host: str, at: datetime
) -> MadeWebhook:
    """Make a webhook. Raises Problem: 404, 409, 422."""
    contract = partner_store.known(connection, partner).partner
    if faults := ways.format_faults(contract, given.format):
        raise refused(faults)
    there = listed(connection, partner)
    if any((row.target, row.format) == (given.url, given.format) for row in there):
        raise Problem("conflict", said("The partner has a webhook to this address already."))
    if len(there) >= _MOST:
        raise Problem("conflict", said("A partner has at most {most} webhooks.", most=_MOST))
    secret = new_secret()
    new = NewWay(partner, KIND, given.format, given.url, host, secret=secret)
    return MadeWebhook(id=ways.add(connection, new, at), secret=secret)


def listed(connection: Connection, partner: str) -> Sequence[Row[Any]]:
    """List a partner's webhooks. Raises Problem (404)."""
    partner_store.known(connection, partner)
    return ways.listed(connection, partner, [KIND])


def find(connection: Connection, partner: str, webhook: UUID) -> Row[Any]:
    """Find a webhook. Raises Problem (404)."""
    return ways.find(connection, partner, webhook, [KIND])


def rotate(connection: Connection, partner: str, webhook: UUID, at: datetime) -> MadeWebhook:
    """Give it another secret; the one that it had signs too for a day. Raises Problem (404)."""
    row, secret = find(connection, partner, webhook), new_secret()
    until = {"old_secret": row.secret, "old_secret_until": at + _BOTH_SIGN}
    connection.execute(update(WAY).where(WAY.c.id == webhook).values(secret=secret, **until))
    return MadeWebhook(id=webhook, secret=secret)


def switch(connection: Connection, partner: str, webhook: UUID, *, on: bool) -> Row[Any]:
    """Turn it on or off. Raises Problem (404)."""
    ways.switch(connection, find(connection, partner, webhook), on=on)
    return find(connection, partner, webhook)


def remove(connection: Connection, partner: str, webhook: UUID) -> None:
    """Forget it. Raises Problem (404)."""
    ways.remove(connection, find(connection, partner, webhook))
