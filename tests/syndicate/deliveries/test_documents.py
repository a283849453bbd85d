"""What is pushed in a format is what is pulled in it."""

import json
from functools import partial

from schemas.article import Article
from schemas.events import ColumnChanged
from schemas.partner import Entry, Format, Kind
from schemas.registry import Column
from services.common.database import Database
from services.common.ids import new_id
from services.syndicate import store
from services.syndicate.deliveries.documents import Documents
from services.syndicate.deliveries.sending import Parcel, Way
from services.syndicate.lists import store as list_store
from tests.factories import NOON, TRACE, article
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
    assert document
    found = json.loads(document.body)
    assert [each.get("name") or each["literal"] for each in found["subjects"]] == [
        "Kinh tế",
        "medtop:04000000",
    ]
    assert found["genres"][0]["name"] == "Tin tức"
