"""What one process has taken nobody else takes, until its lease is over."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.common.instants import now
from services.syndicate.deliveries.claims import LEASE, Due, Standing
from services.syndicate.deliveries.loading import Loading
from services.syndicate.lanes.room import Room
from tests.factories import article, retraction
from tests.syndicate.deliveries.conftest import Desk
from tests.syndicate.partners_at_work import SITE

DUE = Due(Loading(SITE), Standing.PROMPT)


async def taken(
    desk: Desk, at: datetime, places: int = 100, running: Sequence[int] = (), **busy: int
) -> list[tuple[str, int, str]]:
    """Give what is taken beside what runs: partner, seq and message."""
    room = Room(
        places, 4, running, Counter({f"{host}.test": number for host, number in busy.items()})
    )

    def claim(connection: Connection) -> list[tuple[str, int, str]]:
        found = [attempt.parcel for attempt in DUE.claim(connection, room, at)]
        return [(each.way.partner, each.entry.seq, each.message) for each in found]

    return await desk.database.write(claim)


async def test_what_was_taken_is_taken_again_after_its_lease_under_the_same_id(desk: Desk) -> None:
    await desk.partner("a")
    await desk.way("a", "http://a.test/")
    await desk.release(article())
    at = now()
    first = await taken(desk, at)
    assert len(first) == 1
    assert await taken(desk, at + LEASE - timedelta(seconds=1)) == []
    assert await taken(desk, at + LEASE + timedelta(seconds=1)) == first


async def test_a_host_gets_its_places_and_what_overtakes_goes_first(desk: Desk) -> None:
    await desk.partner("a")
    await desk.way("a", "http://a.test/")
    await desk.release(*(article() for _ in range(6)), article(urgency=1))
    seqs = [seq for _, seq, _ in await taken(desk, now())]
    assert seqs == [7, 1, 2, 3]


async def test_who_has_no_place_holds_up_nobody(desk: Desk) -> None:
    for code in ("a", "b", "c"):
        await desk.partner(code)
        await desk.way(code, f"http://{code}.test/")
    await desk.release(*(article() for _ in range(3)))
    found = await taken(desk, now(), places=4, a=4, b=2)
    assert [partner for partner, *_ in found] == ["c", "c", "c", "b"]


async def test_only_as_much_is_read_as_there_is_room_for(desk: Desk) -> None:
    await desk.partner("a")
    for number in range(5):
        await desk.way("a", f"http://{number}.test/")
    await desk.release(*(article() for _ in range(3)))
    assert len(await taken(desk, now(), places=2)) == 2


async def test_after_a_step_of_the_clock_nothing_goes_beside_what_still_runs(desk: Desk) -> None:
    await desk.partner("a")
    await desk.way("a", "http://a.test/")
    first = article()
    await desk.release(first)
    assert len(await taken(desk, now())) == 1
    running = [row.seq for row in await desk.deliveries()]
    later = now() + 2 * LEASE

    assert await taken(desk, later, running=running) == []
    await desk.release(retraction(first.id))
    assert await taken(desk, later, running=running) == []
    assert await taken(desk, later) == []
