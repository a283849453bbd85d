"""What a lane does for each delivery that is due: one attempt, and what came of it."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from services.common.instants import now
from services.common.metrics import DELIVERY_ATTEMPTS, WAYS_TURNED_OFF
from services.common.trace import tracing
from services.syndicate.deliveries import schedule
from services.syndicate.deliveries.ledger import Ledger
from services.syndicate.deliveries.loading import Attempt
from services.syndicate.deliveries.outcomes import Outcome, Result
from services.syndicate.ways.sending import MOST_SECONDS, Gone, NotTaken, Sender

# An attempt that took longer is taken off the lane of those who answer at once.
_SLOW = timedelta(seconds=2)

log = structlog.get_logger()


class Attempts:
    """Makes attempts, by the sender for each kind of way."""

    def __init__(self, ledger: Ledger, senders: Mapping[str, Sender]) -> None:
        self._ledger = ledger
        self._senders = senders

    async def __call__(self, attempt: Attempt) -> None:
        """Make the attempt, and store what came of it."""
        with tracing(attempt.trace):
            began = now()
            try:
                async with asyncio.timeout(MOST_SECONDS):
                    await self._senders[attempt.parcel.way.kind].send(attempt.parcel)
            except Gone:
                outcome = Outcome(attempt, Result.GONE, now(), slow=False, error="gone")
            except NotTaken as failure:
                outcome = _not_taken(attempt, began, failure)
            except TimeoutError:
                outcome = _not_taken(attempt, began, NotTaken("too_slow"))
            except Exception:
                # It hurts only this delivery; and it isn't the store that failed.
                log.exception("delivery_broke", way=str(attempt.parcel.way.id))
                outcome = _not_taken(attempt, began, NotTaken("broke"))
            else:
                at = now()
                outcome = Outcome(attempt, Result.DELIVERED, at, slow=at - began > _SLOW)
            await self._enter(outcome)

    async def broke(self, attempt: Attempt) -> None:
        """Count it as not taken."""
        await self._enter(_not_taken(attempt, now(), NotTaken("broke")))

    async def _enter(self, outcome: Outcome) -> None:
        turned_off = await self._ledger.enter(outcome)
        parcel = outcome.attempt.parcel
        way = {"partner": parcel.way.partner, "way": str(parcel.way.id), "kind": parcel.way.kind}
        DELIVERY_ATTEMPTS.labels(parcel.way.kind, outcome.result).inc()
        if outcome.result is not Result.DELIVERED:
            log.warning(
                "delivery_not_taken",
                **way,
                article=str(parcel.entry.id),
                version=parcel.entry.version,
                attempt=parcel.attempt,
                error=outcome.error,
                given_up=outcome.due_at is None,
            )
        if turned_off:
            WAYS_TURNED_OFF.labels(parcel.way.kind, outcome.error).inc()
            log.error("way_turned_off", **way, host=parcel.way.host, error=outcome.error)


def _not_taken(attempt: Attempt, began: datetime, failure: NotTaken) -> Outcome:
    at = now()
    return Outcome(
        attempt,
        Result.NOT_TAKEN,
        at,
        slow=at - began > _SLOW,
        error=failure.reason,
        due_at=schedule.next_attempt(at, attempt.parcel.attempt, failure.retry_after),
        retry_after=failure.retry_after,
    )
