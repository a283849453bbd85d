"""Related news on a few made-up stories."""

from datetime import timedelta
from typing import Any

from schemas.article import Article
from services.archive.catalogue.related import freshness
from tests.archive.conftest import Archive
from tests.factories import article, retraction

IVORY = [
    article(
        headline="Hải quan Đình Vũ phát hiện ngà voi giấu trong container gỗ",
        body="<p>Container gỗ khai báo từ châu Phi chứa hai tấn ngà voi, giấu sau ván.</p>",
    ),
    article(
        headline="Bắt giữ hai tấn ngà voi tại cảng Đình Vũ",
        body="<p>Lô ngà voi giấu trong container gỗ nhập từ châu Phi bị thu giữ.</p>",
    ),
    article(
        headline="Khởi tố vụ nhập lậu ngà voi từ châu Phi",
        body="<p>Cơ quan điều tra khởi tố vụ ngà voi trong container gỗ ở Đình Vũ.</p>",
    ),
]
OTHERS = [
    article(
        headline="Hệ thống VNACCS nâng cấp cuối tuần này",
        body="<p>Doanh nghiệp tạm ngừng khai báo trong hai giờ khi nâng cấp.</p>",
    ),
    article(
        headline="Đội bóng Hải quan thắng trận mở màn",
        body="<p>Bàn thắng đến ở phút cuối, khán giả vỡ òa.</p>",
    ),
]


def ids(*articles: Article) -> set[str]:
    return {str(each.id) for each in articles}


async def related_to(archive: Archive, one: Article) -> list[dict[str, Any]]:
    items: list[dict[str, Any]]
    items = (await archive.json(f"/v1/articles/{one.id}/related"))["items"]
    return items


async def test_articles_of_one_story_come_first(archive):
    archive.take(*IVORY, *OTHERS)
    items = await related_to(archive, IVORY[0])
    assert {item["id"] for item in items[:2]} == ids(*IVORY[1:])
    assert str(IVORY[0].id) not in {item["id"] for item in items}


async def test_each_says_why_in_words_as_they_are_written(archive):
    archive.take(*IVORY, *OTHERS)
    why = (await related_to(archive, IVORY[0]))[0]["why"]
    assert "container gỗ" in why


async def test_near_copies_are_shown_once(archive):
    copies = [article(headline=IVORY[1].headline, body=IVORY[1].body) for _ in range(3)]
    archive.take(*IVORY, *copies, *OTHERS)
    items = await related_to(archive, IVORY[0])
    shown = {item["id"] for item in items}
    assert len(shown & ids(IVORY[1], *copies)) == 1
    assert str(IVORY[2].id) in shown


async def test_a_retracted_article_is_not_related_news(archive):
    archive.take(*IVORY, *OTHERS)
    archive.take(retraction(IVORY[1].id))
    shown = {item["id"] for item in await related_to(archive, IVORY[0])}
    assert str(IVORY[1].id) not in shown
    assert await related_to(archive, IVORY[1]) == []


async def test_an_article_alone_has_no_related_news(archive):
    archive.take(OTHERS[0])
    assert await related_to(archive, OTHERS[0]) == []


async def test_a_limit_out_of_bounds_is_refused(archive):
    archive.take(*IVORY)
    for limit in (0, 51):
        answer = await archive.get(f"/v1/articles/{IVORY[0].id}/related?limit={limit}")
        assert answer.status_code == 422


def test_what_is_new_is_preferred_a_little():
    day = timedelta(days=1) // timedelta(microseconds=1)
    assert 1.1 >= freshness(0) > freshness(30 * day) > freshness(3000 * day) >= 1


def test_dates_in_the_future_are_not_preferred_more():
    assert freshness(-5) == freshness(0)
