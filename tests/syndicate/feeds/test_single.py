"""One article by itself, for partners."""

import json
from typing import Any

import feedparser
import pytest
from lxml import etree

from schemas.article import Article
from schemas.partner import Format
from services.syndicate.feeds.partner_format import PARTNER_FORMATS
from services.syndicate.feeds.single import single
from tests.factories import NOON, article, erasure, retraction
from tests.syndicate.reading import SITE, bodies
from tests.syndicate.samples import NAMES, SAMPLES

AS_IN_PUBLIC = (Format.RSS, Format.ATOM, Format.JSON)
INSIDE = article(
    ed_note="Xin không đăng trước 18 giờ",
    external_id="HP/2026/117",
    approved_by="Ông Phạm Văn D",
    column="kinh-te",
    campaigns=["vnaccs-6", "bao-so-3"],
    embargoed_until=NOON,
    expires="2026-04-01T00:00:00+07:00",
    urgency=2,
)


def body(format_: Format, of: Article) -> bytes:
    return single(format_, of, NAMES, SITE).body


def private(format_: Format, of: Article) -> dict[str, Any]:
    """Read what only partners read, in text."""
    written = body(format_, of)
    if format_ is Format.JSON:
        found = json.loads(written)["items"][0]["_tinbai"]["partner"]
        return {name: str(value) for name, value in found.items()}
    [box] = etree.fromstring(written).iter("{urn:tinbai:partner}article")
    return {etree.QName(each).localname: each.text for each in box}


@pytest.mark.parametrize("format_", AS_IN_PUBLIC)
def test_a_partner_reads_what_the_public_does_not(format_: Format) -> None:
    assert private(format_, INSIDE) == {
        "version": "1",
        "pub_status": "usable",
        "unit": "HQHP",
        "column": "kinh-te",
        "campaigns": "vnaccs-6 bao-so-3",
        "urgency": "2",
        "genre": "news",
        "change": "major",
        "ed_note": "Xin không đăng trước 18 giờ",
        "external_id": "HP/2026/117",
        "approved_by": "Ông Phạm Văn D",
        "embargoed_until": "2026-03-02T05:00:00+00:00",
        "expires": "2026-03-31T17:00:00+00:00",
    }


def test_no_public_feed_has_any_of_it() -> None:
    for written in bodies(INSIDE, retraction(INSIDE.id)).values():
        for secret in ("urn:tinbai:partner", "partner", "Xin không", "HP/2026", "Phạm", "nội bộ"):
            assert secret not in written.decode()


@pytest.mark.parametrize("format_", AS_IN_PUBLIC)
def test_a_partner_reads_why_an_article_was_taken_back_and_no_old_text(format_: Format) -> None:
    gone = retraction(INSIDE.id, 2, column="kinh-te")
    assert private(format_, gone) == {
        "version": "2",
        "pub_status": "canceled",
        "reason": "nội bộ: số liệu sai",
    }
    assert private(format_, erasure(INSIDE.id))["erased"] == "court-order"
    assert "kinh-te" not in body(format_, gone).decode()


@pytest.mark.parametrize("format_", [Format.RSS, Format.ATOM])
def test_an_article_alone_is_a_feed_of_one_that_nobody_can_subscribe_to(format_: Format) -> None:
    found = feedparser.parse(body(format_, SAMPLES["full"]))
    assert not found.bozo
    assert [entry.id for entry in found.entries] == [SAMPLES["full"].id.urn]
    assert not {link["rel"] for link in found.feed.links} & {"hub", "self"}


def test_so_it_is_in_json() -> None:
    found = json.loads(body(Format.JSON, SAMPLES["full"]))
    assert [item["id"] for item in found["items"]] == [SAMPLES["full"].id.urn]
    assert not found.keys() & {"hubs", "feed_url", "next_url"}


@pytest.mark.parametrize("format_", PARTNER_FORMATS)
def test_a_drill_is_marked_as_a_test(format_: Format) -> None:
    drill = article(audience="partner:bao-a")
    assert "test" in body(format_, drill).decode()
    assert "test" not in body(format_, article()).decode()
