"""A retraction comes full circle at each partner that had the article; each thing happens once."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete

from services.common.database import Database
from services.common.instants import now
from services.syndicate import consequences
from services.syndicate.circle import asking, places, takedowns
from services.syndicate.circle.deadlines import State
from services.syndicate.circle.pulls import Fetched, pulled
from services.syndicate.circle.sightings import Seen, Sighting
from services.syndicate.circle.takedowns import Step
from services.syndicate.partner_tables import DELIVERY, TAKEDOWN, TEXT_PRINT
from services.syndicate.tables import TABLES
from tests.factories import article, erasure, retraction

DAY = timedelta(days=1)
PAGE = "https://bao.example/tin/1"


async def test_each_partner_that_had_it_gets_its_own_deadline(newsroom):
    await newsroom.partner("a", ack_deadline=3600)
    await newsroom.partner("b", ack_deadline=60)
    await newsroom.partner("other", columns=["the-thao"])
    first = article(column="kinh-te")
    await newsroom.release(first)
    told = await newsroom.release(retraction(first.id))

    a, b = [await newsroom.takedown(partner, first.id) for partner in "ab"]
    assert (a.deadline - a.since, b.deadline - b.since) == (
        timedelta(hours=1),
        timedelta(minutes=1),
    )
    assert (a.since, a.version, a.had, a.state) == (told[0].at, 2, 1, "waiting")
    assert len(await newsroom.rows(TAKEDOWN)) == 2


async def test_an_article_that_no_product_holds_any_more_is_still_to_be_taken_down(newsroom):
    await newsroom.partner("a", columns=["kinh-te"])
    first = article(column="kinh-te")
    await newsroom.release(first)
    await newsroom.release(first.model_copy(update={"version": 2, "column": "the-thao"}))
    await newsroom.release(retraction(first.id, 3))

    assert (await newsroom.takedown("a", first.id)).had == 1


async def test_a_partner_is_reminded_once_and_then_it_is_overdue_once(newsroom):
    await newsroom.partner("a")
    first = article()
    await newsroom.release(first)
    (told,) = await newsroom.release(retraction(first.id))

    assert await newsroom.step(told.at + 0.7 * DAY) == []
    await newsroom.step(told.at + 0.75 * DAY)
    await newsroom.step(told.at + 0.8 * DAY)
    (again,) = newsroom.told_again
    assert (again.seq, again.version, again.replay, again.express) == (told.seq, 2, True, True)
    assert again.trace == told.trace
    await newsroom.step(told.at + DAY)
    await newsroom.step(told.at + 2 * DAY)

    assert await newsroom.news("reminded", "overdue") == [
        ("reminded", "a", ""),
        ("overdue", "a", ""),
    ]
    assert (await newsroom.takedown("a", first.id)).state == "overdue"
    assert len(newsroom.told_again) == 1


async def test_many_steps_are_taken_in_turns_and_none_is_left_out(newsroom):
    for code in "abcde":
        await newsroom.partner(code)
    first = article()
    await newsroom.release(first)
    await newsroom.release(retraction(first.id))
    late = now() + 2 * DAY

    sizes = [len(await newsroom.step(late, limit=2)) for _ in range(4)]
    assert sizes == [2, 2, 1, 0]
    assert [partner for _, partner, _ in await newsroom.news("overdue")] == list("abcde")


async def test_two_processes_on_one_database_tell_it_once(newsroom, database_url):
    other = Database(database_url, TABLES.create_all, "syndicate")
    await newsroom.partner("a")
    first = article()
    await newsroom.release(first)
    await newsroom.release(retraction(first.id))
    late = now() + 2 * DAY

    async def step(database: Database) -> Sequence[Step]:
        return await database.write(lambda c: takedowns.step(c, late, 10, lambda *_: None))

    try:
        found = await asyncio.gather(*(step(each) for each in (newsroom.database, other) * 3))
    finally:
        await other.close()
    assert sum(map(len, found)) == 1
    assert len(await newsroom.news("overdue")) == 1


async def test_who_took_it_down_is_asked_no_more_and_late_is_still_done(newsroom):
    for code in "ab":
        await newsroom.partner(code)
    first = article()
    await newsroom.release(first)
    await newsroom.release(retraction(first.id))

    await newsroom.say("a", "removed", first.id)
    await newsroom.step(now() + DAY)
    await newsroom.say("b", "applied", first.id)
    assert await newsroom.step(now() + 9 * DAY) == []

    assert await newsroom.news("overdue") == [("overdue", "b", "")]
    assert {row.state for row in await newsroom.rows(TAKEDOWN)} == {"done"}


async def test_who_refuses_or_has_only_received_it_stays_open(newsroom):
    for code in "ab":
        await newsroom.partner(code)
    first = article()
    await newsroom.release(first)
    await newsroom.release(retraction(first.id))

    await newsroom.say("a", "refused", first.id)
    await newsroom.say("a", "received", first.id)
    await newsroom.say("b", "received", first.id)
    await newsroom.step(now() + 2 * DAY)

    assert await newsroom.news("overdue") == [
        ("overdue", "a", "refused"),
        ("overdue", "b", "received"),
    ]


async def test_who_changes_its_mind_is_asked_again(newsroom):
    await newsroom.partner("a")
    first = article()
    await newsroom.release(first)
    await newsroom.release(retraction(first.id))
    await newsroom.say("a", "removed", first.id)
    await newsroom.say("a", "refused", first.id)

    row = await newsroom.takedown("a", first.id)
    assert (row.state, row.word) == ("waiting", "refused")
    await newsroom.step(now() + 2 * DAY)
    assert (await newsroom.takedown("a", first.id)).state == State.OVERDUE
    assert await newsroom.rows(TEXT_PRINT), "there is a text to look for"


async def test_words_on_the_old_version_do_not_answer_for_the_retraction(newsroom):
    await newsroom.partner("a")
    first = article()
    await newsroom.release(first)
    await newsroom.release(retraction(first.id))
    await newsroom.say("a", "applied", first.id, version=1)

    assert (await newsroom.takedown("a", first.id)).state == "waiting"


async def test_an_erasure_after_a_retraction_is_to_be_acted_on_again(newsroom):
    for code in "ab":
        await newsroom.partner(code)
    first = article()
    await newsroom.release(first)
    await newsroom.release(retraction(first.id))
    await newsroom.say("a", "removed", first.id)
    before = await newsroom.takedown("b", first.id)
    (to_a, to_b) = await newsroom.release(erasure(first.id, 3))

    a, b = [await newsroom.takedown(partner, first.id) for partner in "ab"]
    assert (a.state, a.version, a.since, a.word) == ("waiting", 3, to_a.at, None)
    # What is open gets no more time.
    assert (b.version, b.deadline, b.entry) == (3, before.deadline, to_b.seq)


async def test_a_replay_moves_no_deadline(newsroom):
    await newsroom.partner("a")
    first = article()
    await newsroom.release(first)
    (told,) = await newsroom.release(retraction(first.id))
    before = await newsroom.takedown("a", first.id)
    await newsroom.step(told.at + 0.8 * DAY)
    await newsroom.database.write(lambda c: asking.note(c, newsroom.told_again))

    after = await newsroom.takedown("a", first.id)
    assert (after.since, after.deadline) == (before.since, before.deadline)


async def test_the_print_of_the_text_is_kept_until_nobody_has_to_look(newsroom):
    for code in "ab":
        await newsroom.partner(code)
    first = article()
    await newsroom.release(first)
    await newsroom.release(retraction(first.id))
    assert [(row.article, row.version) for row in await newsroom.rows(TEXT_PRINT)] == [
        (first.id, 1)
    ]
    await newsroom.release(erasure(first.id, 3))
    assert len(await newsroom.rows(TEXT_PRINT)) == 1

    for code in "ab":
        await newsroom.say(code, "removed", first.id, version=3)
    assert await newsroom.rows(TEXT_PRINT) == []


async def test_addresses_that_were_named_before_are_remembered(newsroom):
    await newsroom.partner("a")
    first = article()
    await newsroom.release(first)
    for number in range(8):
        await newsroom.say("a", "applied", first.id, version=1, url=f"{PAGE}?{number}")
    assert await newsroom.places() == []
    await newsroom.release(retraction(first.id))
    await newsroom.say("a", "received", first.id, url=f"{PAGE}?new")

    # No more than five, the newest.
    assert [row.url for row in await newsroom.places()] == [f"{PAGE}?{n}" for n in (7, 6, 5, 4, 3)]
    assert {row.look_at for row in await newsroom.places()} == {None}
    await newsroom.step(now() + 2 * DAY)
    assert all(row.look_at for row in await newsroom.places())


async def test_when_the_retraction_was_pulled_is_known(newsroom):
    await newsroom.partner("a")
    first = article()
    await newsroom.release(first)
    (told,) = await newsroom.release(retraction(first.id))
    soon, later = told.at + timedelta(minutes=1), told.at + timedelta(minutes=2)

    await newsroom.database.write(lambda c: pulled(c, {"a": Fetched(told.seq - 1, told.at)}))
    assert (await newsroom.takedown("a", first.id)).pulled_at is None
    await newsroom.database.write(lambda c: pulled(c, {"a": Fetched(told.seq, soon)}))
    await newsroom.database.write(lambda c: pulled(c, {"a": Fetched(told.seq, later)}))
    assert (await newsroom.takedown("a", first.id)).pulled_at == soon


async def test_drills_are_asked_for_and_counted_apart(newsroom):
    for code in "ab":
        await newsroom.partner(code)
    drill, real = article(audience="partner:a"), article()
    await newsroom.release(drill, real)
    await newsroom.release(retraction(drill.id, audience="partner:a"), retraction(real.id))

    assert (await newsroom.takedown("a", drill.id)).test
    assert not (await newsroom.takedown("a", real.id)).test
    counts = await newsroom.database.read(takedowns.counts)
    assert counts == {State.WAITING: 2, State.REMINDED: 0, State.OVERDUE: 0}


async def test_a_reminder_is_pushed_before_all_that_waits(newsroom):
    await newsroom.partner("a")
    await newsroom.webhook("a")
    first = article()
    await newsroom.release(first)
    (told,) = await newsroom.release(retraction(first.id))
    await newsroom.database.write(lambda c: c.execute(delete(DELIVERY)).rowcount)  # it was taken
    await newsroom.release(article(), article(urgency=1))
    late = told.at + 0.8 * DAY
    await newsroom.database.write(lambda c: takedowns.step(c, late, 10, consequences.follow))

    waiting = sorted(await newsroom.rows(DELIVERY), key=lambda row: (row.rank, -row.seq))
    assert (waiting[0].article, waiting[0].version, waiting[0].replay) == (first.id, 2, True)
    assert waiting[0].rank == 0


async def test_one_place_of_a_host_is_claimed_at_a_time_and_again_when_its_claim_ends(newsroom):
    await newsroom.partner("a")
    first = article()
    await newsroom.release(first)
    for path in ("x.example/1", "x.example/2", "y.example/1"):
        await newsroom.say("a", "applied", first.id, version=1, url=f"https://{path}")
    await newsroom.release(retraction(first.id))
    late = now() + 2 * DAY
    await newsroom.step(late)

    async def claim(at: datetime) -> list[str]:
        rows = await newsroom.database.write(lambda c: places.claim(c, at, 8))
        assert {row.had for row in rows} <= {1}
        return sorted(row.url[8:] for row in rows)

    assert await claim(late) == ["x.example/2", "y.example/1"]
    assert await claim(late) == []
    assert await claim(late + places.LEASE) == ["x.example/2", "y.example/1"]
    (place, *_) = [row for row in await newsroom.places() if row.url.endswith("x.example/2")]
    gone = Sighting(Seen.GONE, "status 404")
    await newsroom.database.write(lambda c: places.saw(c, place, gone, late))
    assert await claim(late) == ["x.example/1"]
