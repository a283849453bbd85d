"""What came of attempts, stored together with their news. Each function is a part of its caller's
transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, bindparam, case, select, update

from services.common.instants import Instant
from services.syndicate.announcing.news import News, note
from services.syndicate.deliveries import schedule
from services.syndicate.deliveries.loading import Attempt
from services.syndicate.partner_tables import DELIVERY, WAY
from services.syndicate.ways.store import turn_off

GONE = "gone"
FAILING = "failing"
_LOOKED_AT = 5000  # of what waits when an outage ends
_STILL_WAITS = DELIVERY.c.state == "waiting"

_DELIVERED = (
    update(DELIVERY)
    .where(DELIVERY.c.seq == bindparam("of"))
    # Superseded meanwhile or not: the partner has it.
    .values(
        state="delivered",
        due_at=None,
        lease=None,
        attempts=bindparam("made"),
        ended=bindparam("at", type_=Instant),
        error=None,
    )
)
_TRIED = (
    update(DELIVERY)
    .where(DELIVERY.c.seq == bindparam("of"))
    .values(
        due_at=case((_STILL_WAITS, bindparam("due", type_=Instant)), else_=None),
        lease=None,
        attempts=bindparam("made"),
        error=bindparam("why"),
    )
)
_FAILED = (
    update(DELIVERY)
    .where(DELIVERY.c.seq == bindparam("of"))
    .values(
        state=case((_STILL_WAITS, "failed"), else_=DELIVERY.c.state),
        due_at=None,
        lease=None,
        attempts=bindparam("made"),
        ended=bindparam("at", type_=Instant),
        error=bindparam("why"),
    )
)


class Result(StrEnum):
    """How an attempt ended."""

    DELIVERED = "delivered"
    NOT_TAKEN = "not_taken"
    GONE = "gone"


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt."""

    attempt: Attempt
    result: Result
    at: datetime
    slow: bool
    error: str = ""
    """What kind of failure it was."""
    due_at: datetime | None = None
    """Of the next attempt; nothing if this was the last."""
    retry_after: timedelta | None = None


def store(connection: Connection, outcomes: Sequence[Outcome]) -> Sequence[Attempt]:
    """Store what came of attempts; give those whose way was turned off by it."""
    delivered, tried, failed = [], [], []
    for outcome in outcomes:
        made = {"of": outcome.attempt.seq, "made": outcome.attempt.parcel.attempt}
        if outcome.result is Result.DELIVERED:
            delivered.append({**made, "at": outcome.at})
        elif outcome.due_at:
            tried.append({**made, "due": outcome.due_at, "why": outcome.error})
        else:
            failed.append({**made, "at": outcome.at, "why": outcome.error})
    for statement, rows in ((_DELIVERED, delivered), (_TRIED, tried), (_FAILED, failed)):
        if rows:
            connection.execute(statement, rows)
    note(connection, _news(outcomes))
    return [each.attempt for each in outcomes if _settle_way(connection, each)]


def _news(outcomes: Iterable[Outcome]) -> Iterator[News]:
    for outcome in outcomes:
        parcel = outcome.attempt.parcel
        told = partial(
            News,
            parcel.entry.id,
            parcel.entry.version,
            parcel.way.partner,
            at=outcome.at,
            trace=outcome.attempt.trace.model_dump_json(),
        )
        if outcome.result is Result.DELIVERED:
            yield told(state="delivered", detail=parcel.way.kind)
            continue
        yield told(state="tried", detail=outcome.error)
        if outcome.due_at is None:
            yield told(state="failed", detail=outcome.error)


def _settle_way(connection: Connection, outcome: Outcome) -> bool:
    """Remember how the way is; say whether it was turned off."""
    attempt, way = outcome.attempt, outcome.attempt.parcel.way.id
    match outcome.result:
        case Result.DELIVERED:
            _went_well(connection, outcome)
            return False
        case Result.GONE:
            return turn_off(connection, way, GONE)
        case Result.NOT_TAKEN:
            failures, since = attempt.failures + 1, attempt.failing_since or outcome.at
            if schedule.is_hopeless(outcome.at, failures, since):
                return turn_off(connection, way, FAILING)
            connection.execute(
                update(WAY)
                .where(WAY.c.id == way)
                .values(
                    failures=WAY.c.failures + 1,
                    failing_since=since,
                    rest_until=schedule.rest_until(outcome.at, failures, outcome.retry_after),
                    slow=outcome.slow,
                )
            )
            return False


def _went_well(connection: Connection, outcome: Outcome) -> None:
    attempt = outcome.attempt
    if not attempt.failures and attempt.slow == outcome.slow:
        return
    connection.execute(
        update(WAY)
        .where(WAY.c.id == attempt.parcel.way.id)
        .values(failures=0, failing_since=None, rest_until=None, slow=outcome.slow)
    )
    if attempt.failures >= schedule.OUTAGE:
        _end_outage(connection, attempt.parcel.way.id, outcome.at)


def _end_outage(connection: Connection, way: UUID, at: datetime) -> None:
    """Have tried at once what waits after a failure, oldest first: it was not its own fault."""
    first = (
        select(DELIVERY.c.seq, DELIVERY.c.attempts, DELIVERY.c.due_at, DELIVERY.c.lease)
        .join(WAY, WAY.c.queue == DELIVERY.c.queue)
        .where(WAY.c.id == way, _STILL_WAITS)
        .order_by(DELIVERY.c.rank, DELIVERY.c.seq)
        .limit(_LOOKED_AT)
        .subquery()
    )
    tried = select(first.c.seq).where(
        first.c.attempts > 0, first.c.due_at > at, first.c.lease.is_(None)
    )
    connection.execute(update(DELIVERY).where(DELIVERY.c.seq.in_(tried)).values(due_at=at))
