"""What is under way is not taken again, even when a clock says that its lease is over."""

from collections import Counter
from functools import partial

from services.common.instants import now
from services.syndicate.deliveries.claims import LEASE, Due
from services.syndicate.deliveries.loading import Loading
from services.syndicate.lanes.room import Room
from tests.factories import article, retraction
from tests.syndicate.deliveries.conftest import Desk
from tests.syndicate.partners_at_work import SITE

DUE = Due(Loading(SITE), doubtful=False)


async def claim(desk: Desk, *running: int, later: bool = False) -> list[int]:
    """Take what is due beside what runs; give the seq of the entries."""
    room = Room(10, 10, running, Counter())
    at = now() + 2 * LEASE if later else now()
    attempts = await desk.database.write(partial(DUE.claim, room=room, at=at))
    return [attempt.parcel.entry.seq for attempt in attempts]


async def test_what_another_process_left_is_taken_when_its_lease_is_over(desk: Desk) -> None:
    await desk.partner("bao")
    await desk.way("bao", "http://a.test/")
    await desk.release(article())
    assert await claim(desk) == [1]
    assert await claim(desk) == []
    assert await claim(desk, later=True) == [1]


async def test_after_a_step_of_the_clock_nothing_goes_beside_what_still_runs(desk: Desk) -> None:
    await desk.partner("bao")
    await desk.way("bao", "http://a.test/")
    first = article()
    await desk.release(first)
    assert await claim(desk) == [1]
    running = [row.seq for row in await desk.deliveries()]

    assert await claim(desk, *running, later=True) == []
    await desk.release(retraction(first.id))
    assert await claim(desk, *running, later=True) == []
    assert await claim(desk, later=True) == []
