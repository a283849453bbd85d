"""What is pushed in a format is what is pulled in it."""

import json
from functools import partial

import pytest

from schemas.article import Article
from schemas.events import ColumnChanged
from schemas.partner import Entry, Format, Kind
from schemas.registry import Column
from services.common.database import Database
from services.common.ids import new_id
from services.syndicate import store
from services.syndicate.deliveries.background import background_of
from services.syndicate.deliveries.documents import Documents
from services.syndicate.deliveries.filing import file_of
from services.syndicate.deliveries.sending import Parcel, Way
from services.syndicate.lists import store as list_store
from tests.factories import NOON, TRACE, article
from tests.syndicate.deliveries.parcels import released, way
from tests.syndicate.partners_at_work import SITE


def parcel(format_: Format, of: Article) -> Parcel:
    entry = Entry(seq=1, id=of.id, version=1, kind=Kind.PUBLISHED, digest="0")
    address = "https://bao.example/hook"
    way = Way(new_id(), "bao-a", "webhook", format_, address, "bao.example", {}, ())
    return Parcel(way, entry, of, "message", 1)


async def test_ninjs_is_pushed_with_names_and_media_topics(database: Database) -> None:
    column = Column(slug="kt", name="Kinh tế", media_topic="medtop:04000000")
    said = {"type": "column.changed", "time": NOON, "producer": "ingest", "trace": TRACE}
    changed = ColumnChanged(id=new_id(), column=column, **said)
    await database.write(list_store.begin)
    await database.write(partial(store.apply_registry, events=[changed]))
    pushed = parcel(Format.NINJS, article(column="kt"))
    document = await Documents(database, SITE).of(pushed)
    found = json.loads(document.body)
    assert [each.get("name") or each["literal"] for each in found["subjects"]] == [
        "Kinh tế",
        "medtop:04000000",
    ]
    assert found["genres"][0]["name"] == "Tin tức"


@pytest.mark.parametrize("format_", list(Format))
async def test_what_is_to_be_taken_down_is_pushed_as_it_is_laid_down_in_a_file(
    database: Database, format_: Format
) -> None:
    first = article(headline="Tít đã từng có")
    [published] = await released(database, way("webhook", "", format_), first)
    entry = published.entry.model_copy(update={"kind": Kind.REMOVED, "article": None})
    removed = Parcel(published.way, entry, None, "msg_2", 1)

    document = await Documents(database, SITE).of(removed)

    known = await database.read(partial(background_of, parcel=removed))
    assert document.body == file_of(removed, known, SITE).content
    assert str(first.id) in document.body.decode()
    assert "Tít đã" not in document.body.decode()
