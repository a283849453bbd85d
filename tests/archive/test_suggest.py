"""Suggestions while a reader types."""

from datetime import date

import pytest

from schemas.events import CampaignChanged, ColumnChanged
from schemas.registry import Campaign, Column
from services.common.ids import new_id
from tests.archive.test_units import HCM, KV2, changed
from tests.factories import NOON, TRACE, article, retraction

EXPORT = [article(headline="Xuất khẩu gạo tăng mạnh"), article(headline="Xuất khẩu cá: tăng")]
LETTER = article(headline="Giải đáp", body="<p>Công văn 4314/TCHQ-TXNK và 43/2015/TT-BTC.</p>")
TABLES = [
    article(headline="Bàn giao tàu"),
    article(headline="Bán giày"),
    article(headline="Bán giày"),
]


def told(event: type, **about: object):
    return event(id=new_id(), time=NOON, producer="ingest", trace=TRACE, **about)


@pytest.fixture
def filled(archive):
    archive.take(*EXPORT, LETTER, *TABLES)
    archive.name(changed(**HCM))
    archive.name(changed(**KV2))
    archive.name(told(ColumnChanged, column=Column(slug="xuat-khau", name="Xuất nhập khẩu")))
    campaign = Campaign(slug="vnaccs", name="Hệ thống mới", from_=date(2026, 1, 1))
    archive.name(told(CampaignChanged, campaign=campaign))
    return archive


async def suggested(archive, typed: str) -> list[str]:
    found = await archive.json(f"/v1/suggest?q={typed}")
    return [item["text"] for item in found["items"]]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("xuất kh", "xuất khẩu"),
        ("xuat kh", "xuất khẩu"),
        ("XUẤT KH", "xuất khẩu"),
        ("gạo t", "gạo tăng"),
        ("tăng xuất kh", "tăng xuất khẩu"),
        ("xuất khẩu g", "xuất khẩu gạo"),
        ("bàn gi", "bàn giao"),
        ("bán gi", "bán giày"),
        ("ban gi", "bán giày"),
        ("4314", "4314/TCHQ-TXNK"),
        ("công văn 4314/tc", "4314/TCHQ-TXNK"),
        ("43/2015/t", "43/2015/TT-BTC"),
        ("hải quan khu v", "Chi cục Hải quan khu vực II"),
        ("kv ii", "Chi cục Hải quan khu vực II"),
        ("sai gon", "Chi cục Hải quan khu vực II"),
        ("xuất nh", "Xuất nhập khẩu"),
        ("hệ th", "Hệ thống mới"),
    ],
)
async def test_what_is_typed_is_completed_as_it_is_written(filled, typed, first):
    assert (await suggested(filled, typed))[0] == first


async def test_a_suggestion_says_what_it_is(filled):
    found = await filled.json("/v1/suggest?q=4314")
    assert found["items"] == [
        {"text": "4314/TCHQ-TXNK", "kind": "document", "code": "4314-tchq-txnk"}
    ]
    assert found["next"] is None


@pytest.mark.parametrize("typed", ["", " ", "?", "x", "zzzz", '"', "a " * 100, "giày xuất kh"])
async def test_where_nothing_fits_nothing_is_suggested(filled, typed):
    assert await suggested(filled, typed) == []


async def test_what_is_there_already_is_not_suggested(filled):
    assert "xuất khẩu gạo" not in await suggested(filled, "xuất khẩu gạo")


async def test_no_more_are_given_than_asked_for(filled):
    assert len((await filled.json("/v1/suggest?q=xuat&limit=1"))["items"]) == 1


async def test_words_of_a_retracted_article_are_not_suggested(filled):
    filled.take(retraction(EXPORT[0].id), retraction(LETTER.id))
    assert await suggested(filled, "xuất khẩu g") == []
    assert await suggested(filled, "4314") == []
