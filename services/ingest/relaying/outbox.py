"""The outbox: events that are stored with what they tell of, until Kafka has confirmed them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from schemas.events import ArticleEvent, Event, partition_of
from schemas.topics import ARTICLES, EXPRESS, REGISTRY, Topic
from services.common.prepared import Prepared
from services.ingest.lifecycle import overtakes
from services.ingest.relaying.leases import BUCKETS, EVERY_BUCKET
from services.ingest.tables import outbox, reached

_EXPRESS, _FIRST = -1, 0  # an article's own urgency is 1 to 9
_ADD = Prepared(
    insert(outbox), ["topic", "key", "value", "lane", "partition", "priority", "created"]
)
_SENT = (
    update(outbox)
    .where(outbox.c.seq == bindparam("row"))
    .values(sent=bindparam("at"), sent_offset=bindparam("offset"))
)
_RAISE = (
    update(outbox)
    .where(
        outbox.c.lane == bindparam("of"),
        outbox.c.sent.is_(None),
        outbox.c.priority > bindparam("to"),
    )
    .values(priority=bindparam("to"))
)
_REACHED = (
    update(reached)
    .where(
        reached.c.topic == bindparam("at_topic"), reached.c.partition == bindparam("at_partition")
    )
    .values(offset=bindparam("offset"))
)


@dataclass(frozen=True)
class Waiting:
    """A row to send."""

    seq: int
    topic: str
    partition: int
    key: bytes
    value: bytes | None


@dataclass(frozen=True)
class Confirmed:
    """Kafka's word that it holds a row, and where."""

    seq: int
    topic: str
    partition: int
    offset: int


def add_article(conn: Connection, event: ArticleEvent) -> None:
    """Queue an article's version: for the record, and where it is urgent by the express too."""
    article = event.article
    priority = _FIRST if article.canceled else article.urgency
    if article.version > 1:
        # What it waits for goes ahead with it.
        conn.execute(_RAISE, {"of": _lane(event, ARTICLES), "to": priority})
    if overtakes(article):
        _add(conn, event, EXPRESS, priority=_EXPRESS)
    _add(conn, event, ARTICLES, priority=priority)


def add_tombstones(conn: Connection, article: UUID, versions: range, now: datetime) -> None:
    """Queue the end of these versions' texts behind all that waits of the article. A tombstone for
    what a topic never had does no harm."""
    for topic, priority in ((EXPRESS, _EXPRESS), (ARTICLES, _FIRST)):
        for version in versions:
            _ADD.run(
                conn,
                topic=topic.name,
                key=f"{article}:{version}".encode(),
                value=None,
                lane=f"{topic.name}/{article}",
                partition=partition_of(str(article), topic),
                priority=priority,
                created=now,
            )


def forget(conn: Connection, article: UUID) -> None:
    """Delete all rows of an article, sent or not. The tombstones that follow are then the newest of
    their keys, and so what a comparison looks for."""
    conn.execute(delete(outbox).where(outbox.c.lane.in_(_lanes(article))))


def is_sent(conn: Connection, article: UUID) -> bool:
    """Whether Kafka has confirmed all that there is of an article."""
    waiting = outbox.c.lane.in_(_lanes(article)) & outbox.c.sent.is_(None)
    return conn.execute(select(outbox.c.seq).where(waiting).limit(1)).first() is None


def sent_versions(conn: Connection, article: UUID) -> list[tuple[int, str, datetime]]:
    """Give version, topic and time of all that Kafka has confirmed of an article's texts."""
    query = select(outbox.c.key, outbox.c.topic, outbox.c.sent).where(
        outbox.c.lane.in_(_lanes(article)), outbox.c.sent.is_not(None), outbox.c.value.is_not(None)
    )
    return [(int(row.key.rpartition(b":")[2]), row.topic, row.sent) for row in conn.execute(query)]


def repeat_tombstones(conn: Connection, article: UUID) -> None:
    """Send the tombstones of an article once more."""
    tombstones = outbox.c.lane.in_(_lanes(article)) & outbox.c.value.is_(None)
    mark_unsent(conn, list(conn.scalars(select(outbox.c.seq).where(tombstones))))


def _lanes(article: UUID) -> list[str]:
    return [f"{topic.name}/{article}" for topic in (ARTICLES, EXPRESS)]


def add_registry(conn: Connection, event: Event) -> None:
    """Queue a change of the registry, before the articles that name it."""
    _add(conn, event, REGISTRY, priority=_FIRST)


def _add(conn: Connection, event: Event, topic: Topic, *, priority: int) -> None:
    _ADD.run(
        conn,
        topic=topic.name,
        key=event.record_key.encode(),
        value=event.to_bytes(),
        lane=_lane(event, topic),
        partition=event.partition_in(topic),
        priority=priority,
        created=event.time,
    )


def _lane(event: Event, topic: Topic) -> str:
    return f"{topic.name}/{event.lane}"


def due(conn: Connection, limit: int, buckets: frozenset[int] = EVERY_BUCKET) -> list[Waiting]:
    """Find what to send next: the most urgent first, of each lane its oldest row only."""
    older = outbox.alias()
    waits_for_older = exists().where(
        older.c.lane == outbox.c.lane, older.c.sent.is_(None), older.c.seq < outbox.c.seq
    )
    query = (
        select(outbox.c.seq, outbox.c.topic, outbox.c.partition, outbox.c.key, outbox.c.value)
        .where(outbox.c.sent.is_(None), ~waits_for_older)
        .order_by(outbox.c.priority, outbox.c.seq)
        .limit(limit)
    )
    if buckets != EVERY_BUCKET:
        query = query.where((outbox.c.partition % BUCKETS).in_(buckets))
    return [Waiting(*row) for row in conn.execute(query)]


def mark_sent(conn: Connection, confirmed: list[Confirmed], now: datetime) -> int:
    """Note what Kafka has confirmed; return how many rows must be sent again all the same.

    An offset that does not grow means that the log was cut, by a power failure for one: consumers
    that had read further go on from where they were, and pass over what now lies before it. So
    such a row counts as sent only once it lies beyond all that was ever confirmed.
    """
    before = {(r.topic, r.partition): r.offset for r in conn.execute(select(reached))}
    sent = [c for c in confirmed if c.offset > before.get((c.topic, c.partition), -1)]
    after = {(c.topic, c.partition): c.offset for c in sorted(sent, key=lambda c: c.offset)}
    for (topic, partition), offset in after.items():
        if (topic, partition) in before:
            conn.execute(_REACHED, {"at_topic": topic, "at_partition": partition, "offset": offset})
        else:
            conn.execute(
                insert(reached), {"topic": topic, "partition": partition, "offset": offset}
            )
    if sent:
        conn.execute(_SENT, [{"row": c.seq, "at": now, "offset": c.offset} for c in sent])
    return len(confirmed) - len(sent)


def mark_unsent(conn: Connection, rows: list[int]) -> None:
    """Send these again: Kafka has lost them."""
    if not rows:
        return
    conn.execute(
        update(outbox).where(outbox.c.seq == bindparam("row")).values(sent=None, sent_offset=None),
        [{"row": row} for row in rows],
    )


def count_waiting(conn: Connection) -> int:
    """Count what Kafka has not confirmed."""
    return conn.scalar(select(func.count()).select_from(outbox).where(outbox.c.sent.is_(None))) or 0
