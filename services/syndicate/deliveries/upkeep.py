"""What goes when its time is over, a bounded piece at a time. Each function is a part of its
caller's transaction."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, case, delete, func, literal, select, update

from services.common.instants import Instant
from services.syndicate.announcing.news import News, note
from services.syndicate.partner_tables import DELIVERY, ENDED_QUEUE, WAY

_AT_ONCE = 500
_KEPT = timedelta(days=30)


def anything_to_end(connection: Connection) -> bool:
    """Whether a way was turned off or is gone, and its deliveries may still wait."""
    return connection.execute(select(ENDED_QUEUE.c.queue).limit(1)).first() is not None


def end_orphans(connection: Connection, at: datetime) -> None:
    """End some of what waits for such a way."""
    queue = connection.execute(select(ENDED_QUEUE).limit(1)).first()
    if queue is None:
        return
    rows = connection.execute(
        select(DELIVERY)
        .where(DELIVERY.c.queue == queue.queue, DELIVERY.c.state == "waiting")
        .limit(_AT_ONCE)
    ).all()
    if not rows:
        connection.execute(delete(ENDED_QUEUE).where(ENDED_QUEUE.c.queue == queue.queue))
        return
    error = f"way_{queue.why}"
    connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.seq.in_([row.seq for row in rows]))
        .values(state="failed", due_at=None, ended=at, error=error)
    )
    note(
        connection,
        (News(r.article, r.version, r.partner, "failed", at, r.trace, error) for r in rows),
    )


def anything_old(connection: Connection, at: datetime) -> bool:
    """Whether there is what came to its end long ago."""
    return connection.execute(_old(at).limit(1)).first() is not None


def forget_old(connection: Connection, at: datetime) -> None:
    """Delete some of that."""
    connection.execute(delete(DELIVERY).where(DELIVERY.c.seq.in_(_old(at).limit(_AT_ONCE))))


def release(connection: Connection, at: datetime) -> None:
    """Take up at once what another process has left."""
    due_at = case((DELIVERY.c.state == "waiting", literal(at, Instant)), else_=None)
    left = DELIVERY.c.lease.is_not(None)
    connection.execute(update(DELIVERY).where(left).values(lease=None, due_at=due_at))


def counts(connection: Connection) -> tuple[int, int]:
    """Count what waits, and the ways that are off."""
    waiting = (
        select(func.count())
        .select_from(WAY)
        .join(DELIVERY, DELIVERY.c.queue == WAY.c.queue)
        .where(DELIVERY.c.state == "waiting")
    )
    off = select(func.count()).select_from(WAY).where(WAY.c.off.is_not(None))
    return connection.scalars(waiting).one(), connection.scalars(off).one()


def _old(at: datetime) -> Select[tuple[int]]:
    return select(DELIVERY.c.seq).where(DELIVERY.c.ended < at - _KEPT)
