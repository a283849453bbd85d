"""What goes when its time is over, a bounded piece at a time. Each function is a part of its
caller's transaction."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, func, select, update

from services.syndicate.deliveries.news import News, note
from services.syndicate.partner_tables import DELIVERY, ENDED_QUEUE, WAY

_AT_ONCE = 500
_KEPT = timedelta(days=30)


def end_orphans(connection: Connection, at: datetime) -> int:
    """End some of what waits for a way that was turned off or is gone; say how many."""
    queue = connection.execute(select(ENDED_QUEUE).limit(1)).first()
    if queue is None:
        return 0
    rows = connection.execute(
        select(DELIVERY)
        .where(DELIVERY.c.queue == queue.queue, DELIVERY.c.state == "waiting")
        .limit(_AT_ONCE)
    ).all()
    if not rows:
        connection.execute(delete(ENDED_QUEUE).where(ENDED_QUEUE.c.queue == queue.queue))
        return 1
    connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.seq.in_([row.seq for row in rows]))
        .values(state="failed", due_at=None, ended=at, error=f"way_{queue.why}")
    )
    told = f"way_{queue.why}"
    note(
        connection,
        (News(r.article, r.version, "failed", r.partner, told, at, r.trace) for r in rows),
    )
    return len(rows)


def forget_old(connection: Connection, at: datetime) -> int:
    """Delete some of what came to its end long ago; say how many."""
    old = select(DELIVERY.c.seq).where(DELIVERY.c.ended < at - _KEPT).limit(_AT_ONCE)
    return connection.execute(delete(DELIVERY).where(DELIVERY.c.seq.in_(old))).rowcount


def forget_articles(connection: Connection, articles: Collection[UUID]) -> None:
    """Take away what waits of articles that were erased."""
    connection.execute(
        delete(DELIVERY).where(DELIVERY.c.article.in_(articles), DELIVERY.c.state == "waiting")
    )


def release(connection: Connection, at: datetime) -> None:
    """Take up at once what another process has left."""
    left = (DELIVERY.c.lease > at,)
    connection.execute(update(DELIVERY).where(*left).values(lease=None, due_at=at))


def off(connection: Connection) -> int:
    """Count the ways that are off."""
    count: int = connection.scalars(
        select(func.count()).select_from(WAY).where(WAY.c.off.is_not(None))
    ).one()
    return count
