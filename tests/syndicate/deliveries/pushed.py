"""The engine's work at its store, step by step: what is claimed, sent, answered or cut off."""

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, func, select

from partner.entry import Entry, read_entry
from partner.mirror import replaces
from schemas.partner import Format
from services.common.instants import now
from services.common.problems import Problem
from services.syndicate.changes.emitting import Emitter
from services.syndicate.changes.replaying import Period, replayed
from services.syndicate.consequences import follow
from services.syndicate.deliveries import listing, outcomes, schedule, upkeep, ways
from services.syndicate.deliveries.claims import LEASE, Due, Standing
from services.syndicate.deliveries.loading import Attempt, Loading
from services.syndicate.deliveries.outcomes import Outcome, Result
from services.syndicate.deliveries.queueing import queue
from services.syndicate.lanes.room import Room
from services.syndicate.partner_tables import DELIVERY, WAY
from tests.syndicate.partners_at_work import SITE, Desk

_LANES = [Due(Loading(SITE), standing) for standing in Standing]
_EVER = Period(datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))


class PushingDesk(Desk):
    """A desk where deliveries follow from entries."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.emitter = Emitter(SITE, follow)


@dataclass
class Receiver:
    """A partner's mirror that is built from the bodies of webhooks alone, and what came."""

    held: dict[str, Entry] = field(default_factory=dict)
    came: list[tuple[str, Entry]] = field(default_factory=list)
    """Message ids, with what they brought."""

    def take(self, attempt: Attempt) -> None:
        entry = read_entry(json.loads(attempt.parcel.entry.model_dump_json()))
        self.came.append((attempt.parcel.message, entry))
        if replaces(self.held.get(entry.id), entry):
            self.held[entry.id] = entry

    def standing(self) -> dict[UUID, int]:
        return {UUID(each.id): each.version for each in self.held.values() if each.stands}


@dataclass
class Pushed:
    """A process that pushes to one webhook of each partner."""

    connection: Connection
    receivers: dict[str, Receiver]
    ways: dict[str, UUID] = field(default_factory=dict)
    ahead: timedelta = timedelta()
    """Of the real clock, by which entries are queued; it only grows."""
    under_way: list[Attempt] = field(default_factory=list)

    def __post_init__(self) -> None:
        for partner in self.receivers:
            new = ways.NewWay(partner, "webhook", Format.JSON, f"http://{partner}.test/", partner)
            self.ways[partner] = ways.add(self.connection, new, now())

    @property
    def at(self) -> datetime:
        return now() + self.ahead

    def claim(self, places: int) -> Sequence[Attempt]:
        """Take what is due, as each lane does in its turn."""
        claimed: list[Attempt] = []
        for lane in _LANES:
            running = [attempt.seq for attempt in self.under_way]
            hosts = Counter(attempt.host for attempt in self.under_way)
            room = Room(places, places, running, hosts)
            attempts = lane.claim(self.connection, room, self.at)
            self.under_way += attempts
            claimed += attempts
        return claimed

    def arrive(self, attempt: Attempt) -> None:
        """Have the partner take the request; it need not come to an answer."""
        self.receivers[attempt.parcel.way.partner].take(attempt)

    def end(self, attempt: Attempt, result: Result) -> None:
        """Store what came of an attempt, as the ledger does."""
        self.under_way.remove(attempt)
        taken = result is Result.DELIVERED
        due_at = schedule.next_attempt(self.at, attempt.parcel.attempt)
        outcome = Outcome(
            attempt,
            result,
            self.at,
            slow=False,
            error="" if taken else "status_500",
            due_at=due_at if result is Result.NOT_TAKEN else None,
        )
        outcomes.store(self.connection, [outcome])

    def die(self, *, alone: bool) -> None:
        """Leave all that is under way as it is. Another takes it up at once where it is the only
        one on its store, or else when the leases are over."""
        self.under_way.clear()
        if alone:
            upkeep.release(self.connection, self.at)
        else:
            self.ahead += LEASE

    def wait(self, pause: timedelta) -> None:
        """Let time pass. No attempt takes as long as its lease."""
        if pause >= LEASE:
            for attempt in list(self.under_way):
                self.end(attempt, Result.NOT_TAKEN)
        self.ahead += pause

    def tidy(self) -> None:
        """End some of what waits for ways that are off."""
        upkeep.end_orphans(self.connection, self.at)

    def turn_off(self, partner: str) -> None:
        ways.turn_off(self.connection, self.ways[partner], "admin")

    def turn_on(self, partner: str) -> None:
        """As the newsroom does: what the partner missed is replayed to it."""
        if not self.is_on(partner):
            ways.turn_on(self.connection, self.ways[partner])
            self.replay(partner)

    def is_on(self, partner: str) -> bool:
        query = select(WAY.c.off).where(WAY.c.id == self.ways[partner])
        return self.connection.scalars(query).one() is None

    def replay(self, partner: str) -> None:
        queue(self.connection, replayed(self.connection, partner, _EVER, 0, 1000))

    def try_failed_again(self) -> None:
        """As the newsroom does with each that has failed."""
        failed = select(DELIVERY.c.partner, DELIVERY.c.seq).where(DELIVERY.c.state == "failed")
        for partner, delivery in self.connection.execute(failed).all():
            with suppress(Problem):  # 409: its way is off, or a newer one counts
                listing.try_again(self.connection, partner, delivery, self.at)

    def waiting(self) -> int:
        query = select(func.count()).select_from(DELIVERY).where(DELIVERY.c.state == "waiting")
        return self.connection.scalars(query).one()
