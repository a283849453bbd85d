"""The outbox: events that are stored with what they tell of, until Kafka has confirmed them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from schemas.events import ArticleEvent, Event
from schemas.topics import ARTICLES, EXPRESS, REGISTRY, Topic
from services.ingest.lifecycle import overtakes
from services.ingest.tables import outbox

_FIRST = 0
_ADD = insert(outbox)


@dataclass(frozen=True)
class Waiting:
    """A row to send."""

    seq: int
    topic: str
    partition: int
    key: bytes
    value: bytes | None


@dataclass(frozen=True)
class Sent:
    """Kafka's word that it holds a row."""

    seq: int
    offset: int


def add_article(conn: Connection, event: ArticleEvent) -> None:
    """Queue an article's version: for the record, and where it is urgent by the express too."""
    article = event.article
    if overtakes(article):
        _add(conn, event, EXPRESS, priority=_FIRST)
    _add(conn, event, ARTICLES, priority=_FIRST if article.canceled else article.urgency)


def add_registry(conn: Connection, event: Event) -> None:
    """Queue a change of the registry, before the articles that name it."""
    _add(conn, event, REGISTRY, priority=_FIRST)


def _add(conn: Connection, event: Event, topic: Topic, *, priority: int) -> None:
    conn.execute(
        _ADD,
        {
            "topic": topic.name,
            "key": event.record_key.encode(),
            "value": event.to_bytes(),
            "lane": f"{topic.name}/{event.lane}",
            "partition": event.partition_in(topic),
            "priority": priority,
            "created": event.time,
        },
    )


def due(conn: Connection, limit: int) -> list[Waiting]:
    """Find what to send next: the most urgent first, of each lane its oldest row only.

    An urgent version that waits behind an older one of its article lets that one go ahead with it:
    the row picked for a lane is its oldest, with the urgency of its most urgent.
    """
    urgent = (
        select(outbox.c.lane)
        .where(outbox.c.sent.is_(None))
        .order_by(outbox.c.priority, outbox.c.seq)
        .limit(limit)
        .subquery()
    )
    oldest = (
        select(func.min(outbox.c.seq))
        .where(outbox.c.sent.is_(None), outbox.c.lane.in_(select(urgent.c.lane)))
        .group_by(outbox.c.lane)
    )
    rows = conn.execute(
        select(outbox.c.seq, outbox.c.topic, outbox.c.partition, outbox.c.key, outbox.c.value)
        .where(outbox.c.seq.in_(oldest))
        .order_by(outbox.c.priority, outbox.c.seq)
    )
    return [Waiting(*row) for row in rows]


def mark_sent(conn: Connection, confirmed: list[Sent], now: datetime) -> None:
    """Note what Kafka has confirmed."""
    conn.execute(
        update(outbox)
        .where(outbox.c.seq == bindparam("row"))
        .values(sent=now, sent_offset=bindparam("offset")),
        [{"row": sent.seq, "offset": sent.offset} for sent in confirmed],
    )


def mark_unsent(conn: Connection, rows: list[int]) -> None:
    """Send these again: Kafka has lost them."""
    conn.execute(
        update(outbox).where(outbox.c.seq == bindparam("row")).values(sent=None, sent_offset=None),
        [{"row": row} for row in rows],
    )


def count_waiting(conn: Connection) -> int:
    """Count what Kafka has not confirmed."""
    return conn.scalar(select(func.count()).select_from(outbox).where(outbox.c.sent.is_(None))) or 0
