"""Entries as files: each version a new one, and of each article the newest only."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from schemas.article import Article
from schemas.partner import Format, Kind
from services.common.database import Database
from services.syndicate.change import Tombstone
from services.syndicate.deliveries.background import background_of
from services.syndicate.deliveries.files import Told, name_of
from services.syndicate.deliveries.filing import Filing, file_of
from services.syndicate.deliveries.folder import Folders
from services.syndicate.deliveries.sending import Parcel, Way
from services.syndicate.tables import TABLES
from tests.factories import article, erasure, retraction
from tests.syndicate.deliveries.parcels import background, parcel, released, way
from tests.syndicate.partners_at_work import SITE


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "vtv").mkdir()
    return tmp_path / "vtv"


@pytest.fixture
def filing(database: Database, tmp_path: Path) -> Filing:
    return Filing(database, SITE, Folders([tmp_path]).open)


def to(target: Path, format_: Format = Format.JSON) -> Way:
    return way("folder", str(target), format_)


def names(target: Path) -> list[str]:
    return sorted(each.name for each in target.iterdir())


def test_names_are_in_the_order_of_seq_and_say_what_they_are():
    told = [
        Told(9, Kind.PUBLISHED, 1),
        Told(10, Kind.RETRACTED, 2),
        Told(2_000_000, Kind.REMOVED, 3),
    ]
    made = [name_of(UUID(int=7), each, Format.NEWSML) for each in told]

    assert made == sorted(made)
    assert made[1] == f"000000000010-retracted-{UUID(int=7)}-v2.xml"


@pytest.mark.parametrize(
    ("format_", "extension"),
    [("rss", "xml"), ("atom", "xml"), ("newsml", "xml"), ("json", "json"), ("ninjs", "json")],
)
def test_a_file_ends_as_what_it_holds(format_, extension):
    told = Told(1, Kind.PUBLISHED, 1)

    assert name_of(UUID(int=7), told, Format(format_)).endswith(f".{extension}")


async def test_the_folder_holds_the_newest_of_each_article(database, filing, target):
    first, other = article(), article()
    corrected = article(id=first.id, version=2, correction_note="Số đúng là 98.")
    for each in await released(database, to(target), first, other, corrected):
        await filing.send(each)

    assert names(target) == [
        f"000000000002-published-{other.id}-v1.json",
        f"000000000003-corrected-{first.id}-v2.json",
    ]
    written = json.loads((target / names(target)[1]).read_bytes())
    assert (written["seq"], written["kind"], written["id"]) == (3, "corrected", str(first.id))
    assert written["article"]["headline"] == corrected.headline


async def test_a_retraction_is_a_file_and_the_old_text_goes(database, filing, target):
    first = article()
    for each in await released(database, to(target), first, retraction(first.id)):
        await filing.send(each)

    assert names(target) == [f"000000000002-retracted-{first.id}-v2.json"]
    text = (target / names(target)[0]).read_text()
    assert first.headline not in text
    assert "số liệu sai" in text


async def test_the_same_parcel_again_gives_the_same_bytes(database, filing, target):
    [one] = await released(database, to(target, Format.NEWSML), article())
    await filing.send(one)
    before = (target / names(target)[0]).read_bytes()
    await filing.send(one)

    assert [before] == [each.read_bytes() for each in target.iterdir()]


async def test_of_an_erased_article_nothing_is_left(database, filing, target):
    first = article()
    told = await released(
        database, to(target), first, Tombstone(first.id, 1), erasure(first.id, version=2)
    )
    for each in (told[0], told[-1]):
        await filing.send(each)

    assert len(names(target)) == 1
    assert f"{first.id}-v2.json" in names(target)[0]
    assert first.headline not in (target / names(target)[0]).read_text()


async def test_what_was_told_before_is_found_on_either_database(database_url, target):
    database = Database(database_url, TABLES.create_all)
    first = article()
    corrected = article(id=first.id, version=2, correction_note="Số đúng là 98.")
    told = await released(database, to(target), first, corrected, retraction(first.id, 3))
    known = await database.read(lambda connection: background_of(connection, told[-1]))
    await database.close()

    assert known.older == [Told(1, Kind.PUBLISHED, 1), Told(2, Kind.CORRECTED, 2)]
    assert known.article.retraction


@pytest.mark.parametrize("format_", list(Format))
async def test_what_left_the_product_is_canceled_in_every_format(database, target, format_):
    first = article(headline="Tít đã từng có", lead="Sapo cũ")
    [published] = await released(database, to(target, format_), first)
    entry = published.entry.model_copy(update={"kind": Kind.REMOVED, "article": None})
    removed = Parcel(published.way, entry, None, "msg_2", 1)

    known = await database.read(lambda connection: background_of(connection, removed))
    text = file_of(removed, known, SITE).content.decode()

    assert known.article.canceled
    assert (known.article.unit, known.article.published) == (first.unit, first.published)
    assert str(first.id) in text
    assert "Tít đã" not in text
    assert "Sapo cũ" not in text


@pytest.mark.parametrize("format_", list(Format))
def test_every_format_makes_a_file(target, format_):
    of: Article = article()
    made = file_of(parcel(to(target, format_), of), background(of), SITE)

    assert of.headline in made.content.decode()
    assert "/" in made.media_type
