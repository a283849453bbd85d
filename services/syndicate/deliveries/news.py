"""What is to be told of deliveries, until it is an event: a part of its caller's transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert

from schemas.events import DeliveryState
from services.syndicate.partner_tables import DELIVERY_NEWS


@dataclass(frozen=True)
class News:
    """Something that happened to a version at a partner."""

    article: UUID
    version: int
    state: DeliveryState
    partner: str
    detail: str
    at: datetime
    trace: str
    """JSON of the request that it follows from."""


def note(connection: Connection, news: Iterable[News]) -> None:
    """Have it told."""
    if rows := [vars(each) for each in news]:
        connection.execute(insert(DELIVERY_NEWS), rows)
