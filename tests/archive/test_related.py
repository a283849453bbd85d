"""Related news on a few made-up stories."""

import asyncio
from datetime import timedelta
from threading import Event
from typing import Any

import numpy as np
import pytest

from schemas.article import Article, PubStatus
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.likeness import Compared
from services.archive.catalogue.related import freshness, rank
from tests.archive.conftest import Archive
from tests.archive.test_units import changed
from tests.factories import article, erasure, retraction

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


async def asked(archive: Archive, **given: object) -> list[dict[str, Any]]:
    answer = await archive.http.post("/v1/related", json=given)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
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


async def test_an_article_whose_time_is_over_is_not_related_news(archive):
    archive.take(*IVORY, *OTHERS)
    archive.take(IVORY[1].model_copy(update={"version": 2, "pub_status": PubStatus.WITHHELD}))
    shown = {item["id"] for item in await related_to(archive, IVORY[0])}
    assert str(IVORY[2].id) in shown
    assert str(IVORY[1].id) not in shown


async def test_an_erased_article_is_not_related_news(archive):
    archive.take(*IVORY, *OTHERS)
    archive.take(erasure(IVORY[1].id))
    shown = {item["id"] for item in await related_to(archive, IVORY[0])}
    assert str(IVORY[1].id) not in shown


async def test_a_corrected_article_is_compared_by_its_new_words(archive):
    archive.take(*IVORY, *OTHERS)
    archive.take(IVORY[1].model_copy(update={"version": 2, "headline": "Khác", "body": "<p>x</p>"}))
    items = await related_to(archive, IVORY[0])
    assert items[0]["id"] == str(IVORY[2].id)


async def test_a_text_that_is_not_published_finds_its_story(archive):
    archive.take(*IVORY[1:], *OTHERS)
    items = await asked(archive, headline=IVORY[0].headline, body=IVORY[0].body)
    assert {item["id"] for item in items[:2]} == ids(*IVORY[1:])
    assert items[0]["why"]


async def test_a_text_may_share_what_only_one_article_has(archive):
    archive.take(OTHERS[0])
    items = await asked(archive, headline="VNACCS", body="VNACCS", body_format="text", limit=1)
    assert [item["id"] for item in items] == [str(OTHERS[0].id)]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"headline": "Tàu"}, 422),
        ({"headline": " ", "body": "Tàu"}, 422),
        ({"headline": "Tàu", "body": "Tàu\u0008"}, 422),
        ({"headline": "Tàu", "body": "Tàu", "limit": 51}, 422),
        ({"headline": "Tàu", "body": "Tàu", "colour": "red"}, 422),
        ({"headline": "Tàu", "body": "x" * 512 * 1024}, 413),
    ],
    ids=["no-body", "blank-headline", "control", "limit", "unknown", "too-large"],
)
async def test_a_text_is_refused_where_an_article_would_be(archive, given, status):
    answer = await archive.http.post("/v1/related", json=given)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_names_of_one_unit_are_one_entity_as_soon_as_the_registry_says_so(archive):
    before = article(headline="Cảng vụ Sông Hậu đối thoại", body="<p>Buổi sáng đông người.</p>")
    after = article(headline="Trạm điều hành bến Tây họp", body="<p>Phòng nhỏ chật chỗ.</p>")
    archive.take(before, after, *OTHERS)
    assert str(after.id) not in {item["id"] for item in await related_to(archive, before)}
    archive.name(changed(code="BT", name="Trạm điều hành bến Tây", aliases=["Cảng vụ Sông Hậu"]))
    first = (await related_to(archive, before))[0]
    assert first["id"] == str(after.id)
    assert first["why"][0] == "Cảng vụ Sông Hậu"


async def test_documents_and_names_are_named_first(archive):
    text = "<p>Theo công văn 4314/TCHQ-TXNK, ông Trần Văn Bến yêu cầu thu đủ thuế chậm nộp.</p>"
    one, other = (article(headline=each, body=text) for each in ("Thu thuế", "Nợ thuế"))
    archive.take(one, other, *OTHERS)
    why = (await related_to(archive, one))[0]["why"]
    assert why[:2] == ["4314/TCHQ-TXNK", "Trần Văn Bến"]


async def test_a_diverse_list_tells_other_events_before_the_same_one_again(archive):
    tellings = [
        article(
            headline=f"Bắt giữ hai tấn ngà voi tại cảng Đình Vũ, {word}",
            body=f"<p>Lô ngà voi giấu trong container gỗ nhập từ châu Phi bị thu giữ, {word}.</p>",
        )
        for word in ("sáng nay trời mưa", "theo tin vừa nhận", "ảnh tại hiện trường")
    ]
    trial = article(
        headline="Xét xử đường dây sừng tê giác",
        body="<p>Tòa tuyên án nhóm buôn sừng tê giác, có bị cáo từng khai gỗ, chứa ngà voi.</p>",
    )
    archive.take(IVORY[0], *tellings, trial, OTHERS[0])
    path = f"/v1/articles/{IVORY[0].id}/related?limit=2"
    assert {*await archive.ids(path)} < ids(*tellings)
    one, another = await archive.ids(f"{path}&diverse=1")
    assert one in ids(*tellings)
    assert another == str(trial.id)


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


def test_what_is_like_many_others_comes_after_what_is_like_this_alone():
    likeness = np.array([0.4, 0.4, 0.3], np.float32)
    together = np.array([[0, 0.1, 0.9], [0.1, 0, 0], [0.9, 0, 0]], np.float32)
    compared = Compared(likeness, together, np.ones((3, 1), bool))
    assert rank(compared, [0, 0, 0]).order[0] == 1


def test_dates_in_the_future_are_not_preferred_more():
    assert freshness(-5) == freshness(0)


async def test_texts_without_number_leave_others_their_answers(archive: Archive, monkeypatch):
    goes_on = Event()

    def slow(*_: object, **__: object) -> list[object]:
        goes_on.wait(20)
        return []

    monkeypatch.setattr(Catalogue, "related_to", slow)
    archive.take(shown := IVORY[0])
    text = {"headline": "Ngà voi", "body": "<p>Ngà voi.</p>"}
    sent = [asyncio.create_task(archive.http.post("/v1/related", json=text)) for _ in range(60)]
    try:
        await asyncio.sleep(0.1)
        async with asyncio.timeout(5):
            assert (await archive.get(f"/v1/articles/{shown.id}")).status_code == 200
    finally:
        goes_on.set()
    answers = [
        (each.status_code, each.headers.get("retry-after")) for each in await asyncio.gather(*sent)
    ]
    assert set(answers) == {(200, None), (503, "5")}
