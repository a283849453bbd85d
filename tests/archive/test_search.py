"""Search and latest, over HTTP."""

from datetime import timedelta

import pytest

from services.common.instants import now
from tests.factories import NOON, article, retraction

BRIDGE = article(headline="Xây dựng cầu mới qua sông Cấm", unit="SXD", column="ha-tang")
PORT = article(
    headline="Cảng Lạch Huyện đón tàu lớn",
    body="<p>Dự án xây thêm bến; ông Dũng cho biết.</p>",
    genre="feature",
    campaigns=["cang-bien"],
)
NEWEST = article(
    headline="Customs clears record cargo",
    body="<p>Nothing else.</p>",
    language="en",
    published=NOON + timedelta(days=2),
)


@pytest.fixture
def filled(archive):
    archive.take(BRIDGE, PORT, NEWEST)
    return archive


@pytest.mark.parametrize(
    "typed", ["xây dựng", "xay dung", "XÂY DỰNG", "xa\u0302y du\u031b\u0323ng", '"xay dung"']
)
async def test_it_is_found_however_it_is_typed(filled, typed):
    assert (await filled.ids(f"/v1/search?q={typed}"))[0] == str(BRIDGE.id)


async def test_words_apart_are_found_but_not_as_a_phrase(filled):
    assert str(PORT.id) in await filled.ids("/v1/search?q=xay dung")
    assert str(PORT.id) not in await filled.ids('/v1/search?q="xay dung"')


async def test_a_minus_leaves_articles_out(filled):
    assert await filled.ids("/v1/search?q=xay -cau") == [str(PORT.id)]


async def test_hits_show_where_the_words_stand(filled):
    hit = (await filled.json("/v1/search?q=ben"))["items"][0]
    assert "<mark>bến</mark>" in hit["highlight"]
    assert hit["url"] == f"https://bao.test/articles/{PORT.id}"
    assert hit["score"] > 0


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ("unit=SXD", BRIDGE),
        ("column=ha-tang", BRIDGE),
        ("genre=feature", PORT),
        ("campaign=cang-bien", PORT),
        ("language=en", NEWEST),
        ("from=2026-03-03", NEWEST),
        ("from=2026-03-04T05:00:00Z&to=2026-03-04T05:00:00Z", NEWEST),
    ],
)
async def test_lists_can_be_narrowed(filled, narrowed, found):
    assert await filled.ids(f"/v1/latest?{narrowed}&q=") == [str(found.id)]
    assert await filled.ids(f"/v1/search?{narrowed}") == [str(found.id)]


async def test_a_day_counts_whole_in_vietnam(archive):
    early = article(published="2026-03-01T17:00:00Z")
    late = article(published="2026-03-02T16:59:59Z")
    archive.take(early, late, article(published="2026-03-02T17:00:00Z"))
    found = await archive.ids("/v1/latest?from=2026-03-02&to=2026-03-02")
    assert found == [str(late.id), str(early.id)]


async def test_facets_count_all_that_is_found(filled):
    facets = (await filled.json("/v1/search?q=xay&limit=1"))["facets"]
    assert facets["unit"] == {"SXD": 1, "HQHP": 1}
    assert facets["genre"] == {"news": 1, "feature": 1}


async def test_latest_pages_follow_each_other_while_articles_arrive(archive):
    # All published at once: then the id decides.
    articles = [article() for _ in range(7)]
    archive.take(*articles)
    expected = sorted((str(each.id) for each in articles), reverse=True)
    first = await archive.json("/v1/latest?limit=3")
    archive.take(article(published=NOON + timedelta(seconds=1)))
    second = await archive.json(f"/v1/latest?limit=3&cursor={first['next']}")
    third = await archive.json(f"/v1/latest?limit=3&cursor={second['next']}")
    pages = [[item["id"] for item in page["items"]] for page in (first, second, third)]
    assert pages == [expected[:3], expected[3:6], expected[6:]]
    assert third["next"] is None


async def test_a_correction_keeps_its_place(archive):
    older, newer = article(), article(published=NOON + timedelta(hours=1))
    archive.take(older, newer, article(id=older.id, version=2, updated=NOON + timedelta(days=1)))
    assert await archive.ids("/v1/latest") == [str(newer.id), str(older.id)]


async def pages(archive, path: str, between=lambda: None) -> list[list[str]]:
    """Walk a list to its end; `between` happens after each page."""
    found: list[list[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await archive.json(f"{path}&cursor={cursor}")
        found.append([item["id"] for item in page["items"]])
        cursor = page["next"]
        between()
    return found


async def test_search_pages_follow_each_other(archive):
    articles = [article() for _ in range(5)]
    archive.take(*articles)
    found = await pages(archive, "/v1/search?q=hai quan&limit=2")
    assert [len(page) for page in found] == [2, 2, 1]
    assert {each for page in found for each in page} == {str(each.id) for each in articles}


async def test_search_pages_stay_right_while_articles_arrive_and_leave(archive):
    """Scores change with each: the words that arrive are those that are looked for."""
    articles = [
        article(headline="Hải quan " + "thông quan " * (1 + number % 4) + "mới " * (number % 5))
        for number in range(30)
    ]
    archive.take(*articles)
    in_order = [
        each for page in await pages(archive, "/v1/search?q=hai quan&limit=30") for each in page
    ]
    gone = next(each for each in articles if str(each.id) == in_order[1])

    arriving = [article(headline="Hải quan " * 3, body="<p>Hải quan.</p>") for _ in range(60)]

    def arrive() -> None:
        some = [arriving.pop() for _ in range(20) if arriving]
        archive.take(*some, article(headline="mới " * 40), retraction(gone.id))

    found = await pages(archive, "/v1/search?q=hai quan&limit=4", arrive)
    shown = [each for page in found for each in page]
    assert len(shown) == len(set(shown))
    assert set(in_order) <= set(shown)


async def test_what_is_published_meanwhile_is_not_in_the_list_that_is_being_read(archive):
    articles = [article() for _ in range(4)]
    archive.take(*articles)
    later = now() + timedelta(seconds=1)
    found = await pages(
        archive,
        "/v1/search?q=hai quan&limit=2",
        lambda: archive.take(article(published=later, updated=later)),
    )
    assert {each for page in found for each in page} == {str(each.id) for each in articles}


async def test_a_cursor_goes_with_its_own_list(archive):
    archive.take(*(article() for _ in range(3)))
    cursor = (await archive.json("/v1/search?q=hai quan&limit=1"))["next"]
    assert len(await archive.ids(f"/v1/search?q=hai quan&limit=2&cursor={cursor}")) == 2
    for other in ("q=hai", "q=hai quan&genre=news", "q=hai quan&sort=time"):
        assert (await archive.get(f"/v1/search?{other}&cursor={cursor}")).status_code == 422


async def test_what_was_typed_with_marks_prefers_what_is_written_so(archive):
    table = article(headline="Bàn mới", body="<p>Xin chào.</p>")
    friend = article(headline="Bạn mới", body="<p>Xin chào.</p>", published=table.published)
    sold = article(headline="Bán mới", body="<p>Xin chào.</p>", published=table.published)
    archive.take(table, friend, sold)
    for wanted, typed in ((table, "bàn"), (friend, "BẠN"), (sold, "bán")):
        found = await archive.ids(f"/v1/search?q={typed}")
        assert found[0] == str(wanted.id)
        assert len(found) == 3


async def test_the_headline_shows_where_the_words_stand_too(filled):
    hit = (await filled.json('/v1/search?q="xay dung"'))["items"][0]
    assert hit["headline_highlight"] == "<mark>Xây dựng</mark> cầu mới qua sông Cấm"


async def test_a_facets_counts_are_of_what_the_other_filters_leave(filled):
    facets = (await filled.json("/v1/search?unit=SXD&genre=news"))["facets"]
    assert facets["unit"] == {"SXD": 1, "HQHP": 1}
    assert facets["genre"] == {"news": 1}
    assert facets["column"] == {"ha-tang": 1}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lach huyne", "lach huyen"),
        ("Lạch Huyênn", "Lạch huyện"),
        ("Huyênn đón", "huyện đón"),
        ("cầu mmới", "cầu mới"),
        ("cảng lachhuyen", "cảng lạch huyện"),
        ("lachhuyen", "lach huyen"),
        ("caangr lachj huyeenj", "cang lach huyen"),
        ('"lach huyem" -cau', '"lach huyen" -cau'),
        ("cang lach huyen", None),
        ("zzzzzz", None),
    ],
)
async def test_a_slip_is_put_right_where_nothing_is_found(filled, typed, meant):
    assert (await filled.json(f"/v1/search?q={typed}"))["did_you_mean"] == meant


async def test_nothing_is_meant_that_finds_nothing_under_the_filters(filled):
    found = await filled.json("/v1/search?q=lach huyne&language=en")
    assert found["did_you_mean"] is None


async def test_a_word_of_a_retracted_article_is_never_meant(filled):
    filled.take(retraction(PORT.id))
    assert (await filled.json("/v1/search?q=lach huyne"))["did_you_mean"] is None


@pytest.mark.parametrize(
    ("typed", "place"), [('cảng "tàu', "at character 6"), ("“tàu", "at character 1")]
)
async def test_a_malformed_question_is_told_where(archive, typed, place):
    (error,) = (await archive.get(f"/v1/search?q={typed}")).json()["errors"]
    assert place in error["detail"]


async def test_only_the_newest_version_is_found(archive):
    first = article(headline="Tít đầu tiên")
    archive.take(first, article(id=first.id, version=2, headline="Bản sửa"))
    assert await archive.ids("/v1/search?q=dau tien tit") == []
    assert await archive.ids("/v1/search?q=ban sua") == [str(first.id)]


async def test_a_retracted_article_is_not_found(archive):
    gone = article()
    archive.take(gone)
    archive.take(retraction(gone.id))
    assert await archive.ids("/v1/search?q=hai quan") == []
    assert await archive.ids("/v1/latest") == []


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ('search?q="cang', "/query/q"),
        ("search?q=?!", "/query/q"),
        ("search?limit=0", "/query/limit"),
        ("search?genre=opera", "/query/genre"),
        ("search?from=2026", "/query/from"),
        ("search?from=2026-02-30", "/query/from"),
        ("search?to=2026-03-02T05:00:00", "/query/to"),
        ("search?to=9999-12-31", "/query/to"),
        ("search?q=" + "a " * 121, "/query/q"),
        ("search?q=" + "a" * 501, "/query/q"),
        ("search?q=cang&cursor=nonsense", "/query"),
        ("search?q=cang&cursor=" + "A" * 30, "/query"),
        ("search?q=cang&sort=time&cursor=3", "/query"),
        ("latest?cursor=order:", "/query/cursor"),
    ],
)
async def test_a_malformed_request_is_told_which_field(archive, asked, pointer):
    answer = await archive.get(f"/v1/{asked}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
