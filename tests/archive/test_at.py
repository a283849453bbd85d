"""The history of an article: its versions, what changed, and what was true at a time."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from services.archive.articles.history import standing_at
from tests.factories import NOON, article, erasure, retraction

HOUR = timedelta(hours=1)
FIRST = article(headline="Mở 12 làn xe")
SECOND = article(id=FIRST.id, version=3, headline="Mở 21 làn xe", updated=NOON + 2 * HOUR)


def path(at: datetime | str, of=FIRST) -> str:
    time = at if isinstance(at, str) else at.isoformat().replace("+", "%2B")
    return f"/v1/articles/{of.id}?at={time}"


def test_the_newest_that_was_released_by_then_stood():
    versions = {3: SECOND, 1: FIRST, 2: None}
    assert standing_at(versions, NOON - HOUR) is None
    assert standing_at(versions, NOON) == FIRST
    assert standing_at(versions, NOON + HOUR) == FIRST
    assert standing_at(versions, NOON + 2 * HOUR) == SECOND


async def test_what_was_true_at_a_time_is_given(archive):
    archive.take(FIRST, SECOND)
    assert (await archive.json(path(NOON + HOUR)))["headline"] == FIRST.headline
    assert (await archive.json(path(NOON + 3 * HOUR)))["headline"] == SECOND.headline


async def test_a_time_is_understood_though_its_plus_became_a_space(archive):
    archive.take(FIRST, SECOND)
    assert (await archive.json(path("2026-03-02T12:30:00+07:00")))["version"] == 1


@pytest.mark.parametrize("time", ["2026-03-02T12:30:00", "1772427600", "hôm qua"])
async def test_a_time_without_an_offset_is_refused(archive, time):
    archive.take(FIRST)
    answer = await archive.get(path(time))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/at"


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"])
async def test_a_page_can_be_asked_for_at_the_ends_of_time(archive, time):
    archive.take(FIRST)
    answer = await archive.get(f"/articles/{FIRST.id}?at={time}", Accept="text/html")
    assert answer.status_code == (200 if time.startswith("9") else 404)
    assert answer.headers["content-type"].startswith("text/html")


async def test_before_its_first_release_there_was_nothing(archive):
    archive.take(FIRST)
    answer = await archive.get(path(NOON - HOUR))
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:tinbai:problem:not-found")
    assert (await archive.get(path(NOON, article()))).status_code == 404


async def test_of_a_retracted_article_there_is_the_notice_whenever(archive):
    archive.take(FIRST, SECOND)
    archive.take(end := retraction(FIRST.id, version=4, updated=NOON + 3 * HOUR))
    assert end.retraction
    for at in (NOON - HOUR, NOON, NOON + 4 * HOUR):
        answer = await archive.json(path(at))
        assert answer["retraction"]["notice"] == end.retraction.notice
        assert not answer["headline"]
    history = await archive.json(f"/v1/articles/{FIRST.id}/history")
    assert [(each["version"], each["differences"]) for each in history["items"]] == [(4, None)]


async def test_what_was_erased_or_is_over_is_gone_whenever(archive):
    over = article()
    archive.take(
        FIRST,
        erasure(FIRST.id, version=2),
        over,
        article(id=over.id, version=2, pub_status="withheld", updated=NOON + HOUR),
    )
    for of in (FIRST, over):
        assert (await archive.get(path(NOON, of))).status_code == 410


async def test_what_came_back_was_not_there_meanwhile(archive):
    archive.take(
        FIRST,
        article(id=FIRST.id, version=2, pub_status="withheld", updated=NOON + HOUR),
        SECOND,
    )
    assert (await archive.json(path(NOON)))["version"] == 1
    assert (await archive.get(path(NOON + HOUR))).status_code == 410
    assert (await archive.json(path(NOON + 2 * HOUR)))["version"] == 3


async def test_each_version_says_what_changed(archive):
    archive.take(FIRST, SECOND)
    second, first = (await archive.json(f"/v1/articles/{FIRST.id}/history"))["items"]
    assert first["differences"] is None
    assert second["headline"] == SECOND.headline
    assert second["differences"]["version"] == 1
    (text,) = second["differences"]["texts"]
    assert text["field"] == "headline"
    assert text["paragraphs"] == [
        [
            {"op": "same", "text": "Mở"},
            {"op": "deleted", "text": "12"},
            {"op": "inserted", "text": "21"},
            {"op": "same", "text": "làn xe"},
        ]
    ]


async def test_a_long_history_comes_in_pages(archive):
    of = uuid4()
    archive.take(*(article(id=of, version=each, headline=f"Bản {each}") for each in range(1, 6)))
    seen, cursor = [], "6"
    while cursor:
        page = await archive.json(f"/v1/articles/{of}/history?limit=2&cursor={cursor}")
        seen += [(each["version"], bool(each["differences"])) for each in page["items"]]
        cursor = page["next"]
    assert seen == [(5, True), (4, True), (3, True), (2, True), (1, False)]
