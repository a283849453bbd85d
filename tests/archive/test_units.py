"""Units that were renamed and merged: what they published is found under old names and new."""

from datetime import UTC, datetime

import pytest

from schemas.events import UnitChanged
from schemas.registry import Unit
from services.common.ids import new_id
from tests.factories import NOON, TRACE, article

BEFORE, AFTER = datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)
HCM = {"code": "HQHCM", "name": "Cục Hải quan TP. Hồ Chí Minh", "active": False}
KV2 = {
    "code": "HQKV2",
    "name": "Chi cục Hải quan khu vực II",
    "short_name": "HQ KV II",
    "aliases": ["Hải quan Sài Gòn"],
    "succeeds": ["HQHCM"],
}
KV3 = {
    "code": "HQKV3",
    "name": "Chi cục Hải quan khu vực III",
    "names": [
        {"name": "Hải quan Hải Phòng"},
        {"name": "Chi cục Hải quan khu vực III", "from": "2025-03-15"},
    ],
}

OLD = article(unit="HQHCM", headline="Tàu vào bến", published=BEFORE)
NEW = article(unit="HQKV2", headline="Tàu rời bến", published=AFTER)
FORMER = article(unit="HQKV3", headline="Lô hàng đầu", published=BEFORE)
PRESENT = article(unit="HQKV3", headline="Lô hàng cuối", published=AFTER)


def changed(**unit: object) -> UnitChanged:
    return UnitChanged(
        id=new_id(),
        time=NOON,
        producer="ingest",
        trace=TRACE,
        unit=Unit.model_validate(unit),
    )


@pytest.fixture
def merged(archive):
    archive.take(OLD, NEW, FORMER, PRESENT)
    for unit in (HCM, KV2, KV3):
        archive.name(changed(**unit))
    return archive


@pytest.mark.parametrize(
    ("unit", "found"),
    [("HQKV2", [NEW, OLD]), ("HQHCM", [OLD]), ("HQKV3", [PRESENT, FORMER]), ("NOBODY", [])],
)
@pytest.mark.parametrize("asked", ["latest", "search"])
async def test_a_units_list_holds_what_its_predecessors_published(merged, asked, unit, found):
    assert await merged.ids(f"/v1/{asked}?unit={unit}") == [str(each.id) for each in found]


async def test_a_units_count_is_what_its_list_would_show(merged):
    facets = (await merged.json("/v1/search"))["facets"]

    assert facets["unit"] == {"HQKV2": 2, "HQKV3": 2, "HQHCM": 1}


async def test_before_the_registry_is_heard_a_unit_stands_for_itself(archive):
    archive.take(OLD, NEW)

    assert await archive.ids("/v1/latest?unit=HQKV2") == [str(NEW.id)]
    assert (await archive.json("/v1/search"))["facets"]["unit"] == {"HQHCM": 1, "HQKV2": 1}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Chi cục Hải quan khu vực II", {NEW.id, OLD.id}),
        ("hq kv ii", {NEW.id, OLD.id}),
        ('"hai quan sai gon"', {NEW.id, OLD.id}),
        ("cuc hai quan tp ho chi minh", {OLD.id}),
        ("Hải quan Hải Phòng", {PRESENT.id, FORMER.id}),
        ("Hải quan Hải Phòng -cuối", {FORMER.id}),
        ("Hải quan Hải Dương", set()),
    ],
)
async def test_the_name_of_a_unit_finds_its_articles(merged, typed, found):
    assert set(await merged.ids(f"/v1/search?q={typed}")) == {str(each) for each in found}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Hải quan khu vực II", [NEW, OLD]),
        ("hai quan kv 2", [NEW, OLD]),
        ("Cục Hải quan TP.HCM", [OLD]),
        ("Cục Hải quan thành phố Hồ Chí Minh", [OLD]),
        ("HQ TPHCM", [OLD]),
        ("rời Hải quan khu vực II", [NEW]),
        ("Chi cục Hải quan khu vực II bến tàu", [NEW, OLD]),
        ("Cục Hải quan TP.HCM rời", []),
        ('"Hải quan khu vực II" vào', [OLD]),
        ("Hải quan khu vực III hàng", [FORMER, PRESENT]),
    ],
)
async def test_a_units_name_is_understood_in_any_form_and_beside_other_words(merged, typed, found):
    expected = {str(each.id) for each in found}
    assert set(await merged.ids(f"/v1/search?q={typed}")) == expected


async def test_an_article_that_names_the_unit_otherwise_is_found_and_shows_where(merged):
    about = article(unit="X", headline="Ngà voi", body="<p>Theo Hải quan TP.HCM &amp; khác.</p>")
    merged.take(about)

    (hit,) = (await merged.json("/v1/search?q=Chi cục Hải quan khu vực II ngà voi"))["items"]
    assert hit["id"] == str(about.id)
    assert "<mark>Hải quan TP.HCM</mark>" in hit["highlight"]


async def test_articles_that_have_the_words_come_before_those_of_the_unit(merged):
    about = article(unit="X", headline="Thăm Hải quan Sài Gòn", published=BEFORE)
    merged.take(about)

    assert (await merged.ids("/v1/search?q=hai quan sai gon"))[0] == str(about.id)


async def test_an_article_names_its_unit_as_it_was_called_then(merged):
    former = (await merged.page(FORMER)).text
    present = (await merged.page(PRESENT)).text

    assert ">Hải quan Hải Phòng</a>" in former
    assert ">Chi cục Hải quan khu vực III</a>" in present
    assert '"publisher":{"@type":"' in present
    shown = (await merged.json("/v1/latest?unit=HQKV3"))["items"]
    assert [(each["unit"], each["unit_name"]) for each in shown] == [
        ("HQKV3", "Chi cục Hải quan khu vực III"),
        ("HQKV3", "Hải quan Hải Phòng"),
    ]
