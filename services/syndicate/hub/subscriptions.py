"""The subscriptions that are kept. Each function is a part of its caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, case, delete, func, insert, literal, select, update

from services.common.instants import Instant
from services.syndicate.tables import HUB_SUBSCRIPTION as SUBSCRIPTION


@dataclass(frozen=True)
class Places:
    """How many rows a table may have."""

    total: int
    per_host: int

    def full(self, connection: Connection, table: Table, host: str) -> bool:
        """Whether there is no place for one more of this host."""
        count = select(func.count()).select_from(table)
        return (
            connection.scalars(count).one() >= self.total
            or connection.scalars(count.where(table.c.host == host)).one() >= self.per_host
        )


class NoPlace(Exception):
    """There are as many subscriptions as there may be."""


def find(connection: Connection, topic: str, callback: str) -> Row[Any] | None:
    """Find a subscription, if it lasts or not."""
    same = (SUBSCRIPTION.c.topic == topic, SUBSCRIPTION.c.callback == callback)
    return connection.execute(select(SUBSCRIPTION).where(*same)).one_or_none()


def expect_place(connection: Connection, host: str, places: Places) -> None:
    """Raise NoPlace if there is none for one more of this host."""
    if places.full(connection, SUBSCRIPTION, host):
        raise NoPlace


def keep(
    connection: Connection, asked: Row[Any], verified_at: datetime, now_etag: str, places: Places
) -> None:
    """Begin a subscription, or go on with it under a new secret and lease. What changed since it
    was asked for, or could not be pushed before, is due at once. Raises NoPlace."""
    fields = {
        "secret": asked.secret,
        "expires": verified_at + timedelta(seconds=asked.lease),
        "failing_since": None,
    }
    known = find(connection, asked.topic, asked.callback)
    pushed = known.pushed if known else asked.etag
    fields["due_at"] = None if pushed == now_etag else verified_at
    if known:
        connection.execute(
            update(SUBSCRIPTION).where(SUBSCRIPTION.c.seq == known.seq).values(**fields)
        )
        return
    expect_place(connection, asked.host, places)
    key = {"topic": asked.topic, "callback": asked.callback, "host": asked.host}
    connection.execute(insert(SUBSCRIPTION).values(**key, **fields, pushed=pushed, failures=0))


def mark(connection: Connection, etags: Mapping[str, str], at: datetime) -> int:
    """Have pushed what is not the newest, but for what waits already; say how many. `etags` are
    those of topics as they are served now."""
    marked = 0
    not_before = SUBSCRIPTION.c.not_before
    due_at = case((not_before > at, not_before), else_=literal(at, Instant))
    for topic in connection.scalars(select(SUBSCRIPTION.c.topic).distinct()).all():
        if topic in etags:
            behind = update(SUBSCRIPTION).where(
                SUBSCRIPTION.c.topic == topic,
                SUBSCRIPTION.c.pushed != etags[topic],
                SUBSCRIPTION.c.due_at.is_(None),
            )
            marked += connection.execute(behind.values(due_at=due_at)).rowcount
    return marked


def any_of(connection: Connection, topics: Collection[str]) -> bool:
    """Whether anyone has subscribed to one of these."""
    return not set(connection.scalars(select(SUBSCRIPTION.c.topic).distinct())).isdisjoint(topics)


def taken(connection: Connection, seq: int, etag: str, now_etag: str, not_before: datetime) -> None:
    """Note that a callback has taken the topic as of `etag`, and when it may be pushed to again."""
    connection.execute(
        update(SUBSCRIPTION)
        .where(SUBSCRIPTION.c.seq == seq)
        .values(
            pushed=etag,
            failures=0,
            failing_since=None,
            not_before=not_before,
            due_at=None if etag == now_etag else not_before,
        )
    )


def rest(connection: Connection, seq: int) -> None:
    """Push nothing until there is a change."""
    connection.execute(update(SUBSCRIPTION).where(SUBSCRIPTION.c.seq == seq).values(due_at=None))


def failed(connection: Connection, seq: int, at: datetime, due_at: datetime) -> None:
    """Note that a callback has not, and when it is tried again."""
    connection.execute(
        update(SUBSCRIPTION)
        .where(SUBSCRIPTION.c.seq == seq)
        .values(
            failures=SUBSCRIPTION.c.failures + 1,
            failing_since=func.coalesce(SUBSCRIPTION.c.failing_since, literal(at, Instant)),
            due_at=due_at,
        )
    )


def end(connection: Connection, topic: str, callback: str) -> bool:
    """End a subscription; say whether there was one."""
    same = (SUBSCRIPTION.c.topic == topic, SUBSCRIPTION.c.callback == callback)
    return bool(connection.execute(delete(SUBSCRIPTION).where(*same)).rowcount)


def end_expired(connection: Connection, at: datetime) -> int:
    """End those whose lease is over; say how many."""
    return connection.execute(delete(SUBSCRIPTION).where(SUBSCRIPTION.c.expires <= at)).rowcount


def release(connection: Connection, at: datetime) -> None:
    """Take up at once what another process has left, but for what waits after a failure."""
    left = (SUBSCRIPTION.c.due_at.is_not(None), SUBSCRIPTION.c.failures == 0)
    connection.execute(update(SUBSCRIPTION).where(*left).values(due_at=at))


def listed(connection: Connection, after: int, limit: int) -> Sequence[Row[Any]]:
    """List subscriptions, the oldest first."""
    rows = select(SUBSCRIPTION).where(SUBSCRIPTION.c.seq > after)
    return connection.execute(rows.order_by(SUBSCRIPTION.c.seq).limit(limit)).all()


def counts(connection: Connection, at: datetime) -> tuple[int, int, int]:
    """Count subscriptions, those that wait for a push, and those whose lease is over."""
    row = connection.execute(
        select(
            func.count(),
            func.count(SUBSCRIPTION.c.due_at),
            func.count().filter(SUBSCRIPTION.c.expires <= at),
        ).select_from(SUBSCRIPTION)
    ).one()
    return row[0], row[1], row[2]
