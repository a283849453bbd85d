from datetime import timedelta
from urllib.parse import quote

import pytest

from schemas.article import PubStatus
from schemas.events import CampaignChanged, ColumnChanged, RegistryEvent, UnitChanged
from schemas.registry import Campaign, Column, Unit
from services.common.ids import new_id
from services.syndicate.feeds.families import canonical, feeds_of, named_feed, place, title_of
from tests.factories import NOON, TRACE, article, retraction


def test_an_article_is_in_one_feed_of_each_family_that_fits() -> None:
    full = article(
        unit="HQHP",
        column="kinh-te",
        campaigns=["tet", "cai-cach"],
        language="en",
        genre="interview",
        urgency=1,
        correction_note="Sửa số liệu",
    )
    assert feeds_of(full) == {
        "latest",
        "urgent",
        "corrections",
        "units/HQHP",
        "columns/kinh-te",
        "campaigns/tet",
        "campaigns/cai-cach",
        "languages/en",
        "genres/interview",
    }


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("VI", "vi"),
        ("en-us", "en-US"),
        ("ZH-hant-tw", "zh-Hant-TW"),
        ("sl-IT-NEDIS", "sl-IT-nedis"),
        ("en-CA-X-CA", "en-CA-x-ca"),
        ("de-419", "de-419"),
    ],
)
def test_one_language_has_one_feed_however_its_tag_is_written(given: str, tag: str) -> None:
    assert canonical(given) == tag
    assert f"languages/{tag}" in feeds_of(article(language=given))


def test_the_name_of_a_feed_is_an_address_as_it_stands() -> None:
    odd = article(unit="A.b_C-9", column="0._-", campaigns=["x" * 64], language="xx-a1b2c3d4")
    for name in feeds_of(odd):
        assert quote(name) == name


def test_a_plain_article_is_neither_urgent_nor_a_correction() -> None:
    assert feeds_of(article()) == {"latest", "units/HQHP", "languages/vi", "genres/news"}


@pytest.mark.parametrize("audience", ["canary", "partner:baomoi"])
def test_what_is_not_for_the_public_is_in_no_feed(audience: str) -> None:
    assert feeds_of(article(audience=audience)) == set()
    assert feeds_of(retraction(new_id(), audience=audience)) == set()


def test_a_withheld_article_is_in_no_feed() -> None:
    assert feeds_of(article(pub_status=PubStatus.WITHHELD)) == set()


def test_a_retraction_is_in_the_feeds_of_its_article() -> None:
    assert feeds_of(article()) <= feeds_of(retraction(new_id()))


def test_a_corrected_article_stays_among_the_corrections_when_it_is_retracted() -> None:
    assert "corrections" in feeds_of(article(correction_note="Sửa"))
    assert "corrections" in feeds_of(retraction(new_id()))


def test_a_correction_keeps_its_place_and_a_retraction_moves_up() -> None:
    later = NOON + timedelta(hours=1)
    assert place(article(version=2, updated=later)) == NOON
    assert place(retraction(new_id(), updated=later)) == later


def events() -> list[RegistryEvent]:
    common = {"id": new_id(), "time": NOON, "producer": "ingest", "trace": TRACE}
    return [
        UnitChanged.model_validate(common | {"unit": Unit(code="HQHP", name="Hải quan HP")}),
        ColumnChanged.model_validate(common | {"column": Column(slug="kt", name="Kinh tế")}),
        CampaignChanged.model_validate(common | {"campaign": Campaign(slug="tet", name="Tết")}),
    ]


def test_each_entry_of_the_registry_names_a_feed() -> None:
    assert [named_feed(event) for event in events()] == [
        ("units/HQHP", "Hải quan HP"),
        ("columns/kt", "Kinh tế"),
        ("campaigns/tet", "Tết"),
    ]


def test_a_feed_that_the_registry_does_not_name_is_called_by_our_word_or_its_code() -> None:
    assert title_of("units/HQHP", "Hải quan HP") == "Hải quan HP"
    assert title_of("latest", None) == "Tin mới"
    assert title_of("units/HQHP", None) == "HQHP"
    assert title_of("languages/en", None) == "Tiếng Anh"
    assert title_of("languages/en-GB", None) == "Tiếng Anh (GB)"
    assert title_of("languages/xx", None) == "xx"
