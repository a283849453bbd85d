"""The outbox: events that are stored with what they tell of, until Kafka has confirmed them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from schemas.events import Event
from schemas.topics import Topic
from services.common.publishing import Message, message_of
from services.syndicate.tables import OUTBOX


@dataclass(frozen=True)
class Waiting:
    """A row to send."""

    seq: int
    message: Message


def add(connection: Connection, events: Iterable[Event], topic: Topic) -> None:
    """Queue events."""
    rows = [vars(message_of(event, topic)) for event in events]
    if rows:
        connection.execute(insert(OUTBOX), rows)


def waiting(connection: Connection, limit: int) -> list[Waiting]:
    """Give what to send next, the oldest first."""
    rows = connection.execute(
        select(OUTBOX.c.seq, OUTBOX.c.topic, OUTBOX.c.partition, OUTBOX.c.key, OUTBOX.c.value)
        .order_by(OUTBOX.c.seq)
        .limit(limit)
    )
    return [Waiting(seq, Message(*message)) for seq, *message in rows]


def remove(connection: Connection, rows: Sequence[int]) -> None:
    """Forget what Kafka has confirmed."""
    connection.execute(delete(OUTBOX).where(OUTBOX.c.seq.in_(rows)))
