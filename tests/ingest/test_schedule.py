"""What comes with the time, on a clock that the tests set: each article by itself, never early."""

from datetime import timedelta

import pytest

from schemas.topics import EXPRESS
from services.ingest import store
from services.ingest.schedule import Schedule
from services.ingest.tables import versions
from tests.ingest.events import events
from tests.ingest.paper import EIGHT, SITE, open_paper

MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def paper(database_url):
    opened = await open_paper(database_url)
    yield opened
    await opened.database.close()


async def test_an_embargo_ends_at_its_time_and_not_a_microsecond_before(paper):
    held = await paper.submit(embargoed_until=EIGHT + HOUR)

    assert (await paper.at(EIGHT + HOUR - MICROSECOND, held)).status == "embargoed"
    assert await paper.events(held) == []
    released = await paper.at(EIGHT + HOUR, held)

    assert (released.status, released.published) == ("published", EIGHT + HOUR)
    assert await paper.events(held) == ["article.published"]


async def test_a_clock_that_is_set_back_between_look_and_release_holds_the_article(paper):
    held = await paper.submit(embargoed_until=EIGHT + HOUR)
    times = iter([EIGHT + HOUR, EIGHT])
    schedule = Schedule(paper.database, SITE, lambda: None, clock=lambda: next(times))

    assert await schedule.look() == 0
    assert (await paper.find(held)).status == "embargoed"


async def test_after_the_clock_was_set_back_a_correction_is_still_later_than_its_article(paper):
    article = await paper.submit()
    paper.now = EIGHT - HOUR

    corrected = await paper.change(article)

    assert corrected.updated > corrected.published
    assert await paper.events(article) == ["article.published", "article.corrected"]


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-29T02:30:00+01:00",  # an hour that Berlin's clocks leave out
        "2026-10-25T02:30:00+02:00",  # one of the two that they show twice
        "2028-02-29T23:59:59.9999999-12:00",
        "2027-12-31T23:59:59.999+14:00",
    ],
)
async def test_offsets_daylight_saving_and_leap_days_are_kept_to_the_microsecond(paper, written):
    held = await paper.submit(embargoed_until=written)

    assert (await paper.at(held.embargoed_until - MICROSECOND, held)).status == "embargoed"
    assert (await paper.at(held.embargoed_until, held)).status == "published"


async def test_an_embargo_can_be_moved_and_lifted(paper):
    moved = await paper.submit(embargoed_until=EIGHT + HOUR)
    lifted = await paper.submit(embargoed_until=EIGHT + HOUR)

    await paper.change(moved, embargoed_until=EIGHT + 2 * HOUR)
    await paper.change(lifted)

    assert (await paper.find(lifted)).status == "published"
    assert (await paper.at(EIGHT + HOUR, moved)).status == "embargoed"
    assert (await paper.at(EIGHT + 2 * HOUR, moved)).status == "published"
    assert await paper.events(moved) == ["article.published"]


async def test_many_that_fall_due_at_once_go_out_in_groups(paper):
    for _ in range(250):
        await paper.submit(embargoed_until=EIGHT + HOUR)
    paper.now = EIGHT + HOUR

    assert [await paper.schedule.look() for _ in range(4)] == [100, 100, 50, 0]


async def test_one_that_cannot_be_released_is_set_aside_and_the_others_go_out(paper):
    broken = await paper.submit(embargoed_until=EIGHT + HOUR)
    good = await paper.submit(embargoed_until=EIGHT + HOUR)
    spoil = versions.update().where(versions.c.article_id == str(broken.id))
    await paper.database.write(lambda conn: conn.execute(spoil.values(submission="not json")))

    await paper.at(EIGHT + HOUR)

    assert await paper.statuses() == {str(broken.id): "in_review", str(good.id): "published"}
    assert await paper.events(broken) == []


async def test_an_article_expires_as_a_version_of_its_own_whole_and_withheld(paper):
    article = await paper.submit(expires=EIGHT + HOUR, urgency=1)

    assert (await paper.at(EIGHT + HOUR - MICROSECOND, article)).status == "published"
    expired = await paper.at(EIGHT + HOUR, article)

    assert (expired.status, expired.version) == ("expired", 2)
    assert await paper.events(article) == ["article.published", "article.expired"]
    event = (await events(paper.database, article.id))[-1]
    assert (event.article.pub_status, event.article.body) == ("withheld", "<p>x</p>")
    assert event.article.published == article.published
    assert [e.type for e in await events(paper.database, article.id, EXPRESS)] == [
        "article.published"  # nothing is lost if its end waits its turn
    ]
    assert await paper.schedule.look() == 0


async def test_expiry_can_be_moved(paper):
    article = await paper.submit(expires=EIGHT + HOUR)
    await paper.change(article, expires=EIGHT + 2 * HOUR)

    assert (await paper.at(EIGHT + HOUR, article)).status == "published"
    assert (await paper.at(EIGHT + 2 * HOUR, article)).status == "expired"


async def test_an_expired_article_can_be_published_again_as_a_correction(paper):
    article = await paper.submit(expires=EIGHT + HOUR)
    await paper.at(EIGHT + HOUR)

    again = await paper.change(article, expires=EIGHT + 3 * HOUR)

    assert (again.status, again.version, again.published) == ("published", 3, EIGHT)
    assert (await paper.events(article))[-1] == "article.corrected"
    assert (await paper.at(EIGHT + 3 * HOUR, article)).status == "expired"


async def test_an_expired_article_can_be_taken_back(paper):
    article = await paper.submit(expires=EIGHT + HOUR)
    await paper.at(EIGHT + HOUR)

    assert (await paper.retract(article)).status == "retracted"
    assert (await paper.events(article))[-1] == "article.retracted"


@pytest.mark.parametrize(
    ("unit", "fields"),
    [("NEW", {}), ("HQ", {"embargoed_until": EIGHT + HOUR})],
)
async def test_what_was_never_released_expires_without_an_event(paper, unit, fields):
    article = await paper.submit(unit, expires=EIGHT + 2 * HOUR, **fields)

    expired = await paper.at(EIGHT + 3 * HOUR, article)

    assert (expired.status, expired.version) == ("expired", 1)
    assert await paper.events(article) == []


async def test_a_change_that_waits_falls_with_the_article_that_expires(paper):
    article = await paper.submit("NEW", expires=EIGHT + HOUR)
    await paper.review(article, "accept")
    await paper.change(article, "NEW", expires=EIGHT + 9 * HOUR)

    expired = await paper.at(EIGHT + HOUR, article)

    assert (expired.status, expired.version) == ("expired", 3)
    waiting = await paper.database.read(lambda conn: store.find_version(conn, article.id, 2))
    assert (waiting.status, waiting.released) == ("expired", None)


async def test_accepted_after_its_embargo_has_passed_it_goes_out_at_once(paper):
    article = await paper.submit("NEW", embargoed_until=EIGHT + HOUR)
    paper.now = EIGHT + 2 * HOUR

    accepted = await paper.review(article, "accept")

    assert (accepted.status, accepted.published) == ("published", EIGHT + 2 * HOUR)


async def test_accepted_before_its_embargo_has_passed_it_waits_for_it(paper):
    article = await paper.submit("NEW", embargoed_until=EIGHT + HOUR)

    assert (await paper.review(article, "accept")).status == "embargoed"
    assert (await paper.at(EIGHT + HOUR, article)).status == "published"


async def test_after_the_clock_was_set_back_a_retraction_is_still_later_than_its_article(paper):
    article = await paper.submit()
    paper.now = EIGHT - HOUR

    ended = await paper.retract(article)

    published, retracted = await events(paper.database, article.id)
    assert retracted.article.updated == ended.updated > published.article.updated


async def test_after_the_clock_was_set_back_an_erasure_is_still_later_than_its_article(paper):
    article = await paper.submit()
    paper.now = EIGHT - HOUR

    erased = await paper.erase(article)

    [told] = await events(paper.database, article.id)
    assert told.article.updated == erased.updated > article.updated
