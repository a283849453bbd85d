"""Search and latest, over HTTP."""

from datetime import timedelta

import pytest

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


async def test_search_pages_follow_each_other(archive):
    archive.take(*(article() for _ in range(5)))
    first = await archive.json("/v1/search?q=hai quan&limit=3")
    second = await archive.json(f"/v1/search?q=hai quan&limit=3&cursor={first['next']}")
    seen = {item["id"] for page in (first, second) for item in page["items"]}
    assert len(seen) == 5
    assert second["next"] is None


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
        ("search?q=cang&cursor=nonsense", "/query"),
        ("search?q=cang&sort=time&cursor=3", "/query"),
        ("latest?cursor=order:", "/query/cursor"),
    ],
)
async def test_a_malformed_request_is_told_which_field(archive, asked, pointer):
    answer = await archive.get(f"/v1/{asked}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
