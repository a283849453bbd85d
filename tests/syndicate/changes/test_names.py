from sqlalchemy import Connection

from schemas.events import ColumnChanged
from schemas.registry import Column
from services.common.ids import new_id
from services.syndicate import store
from services.syndicate.changes.names import all_names, names_of
from services.syndicate.lists import store as list_store
from tests.factories import NOON, TRACE, article


def column(slug: str, name: str, topic: str | None) -> ColumnChanged:
    return ColumnChanged(
        id=new_id(),
        type="column.changed",
        time=NOON,
        producer="ingest",
        trace=TRACE,
        column=Column(slug=slug, name=name, media_topic=topic),
    )


def test_names_are_as_the_registry_says_with_the_media_topics_of_columns(
    connection: Connection,
) -> None:
    list_store.begin(connection)
    store.apply_registry(
        connection,
        [column("kt", "Kinh tế", "medtop:04000000"), column("vh", "Văn hóa", "medtop:01000000")],
    )
    some = article(column="kt", campaigns=["bao-so-3"])
    found = names_of(connection, [some])
    assert found == {
        "units/HQHP": "HQHP",
        "genres/news": "Tin tức",
        "columns/kt": "Kinh tế",
        "campaigns/bao-so-3": "bao-so-3",
        "media_topics/kt": "medtop:04000000",
    }
    everything = all_names(connection)
    assert {name: everything.get(name, name.partition("/")[2]) for name in found} == found


def test_a_topic_that_was_taken_away_is_gone(connection: Connection) -> None:
    list_store.begin(connection)
    for topic in ("medtop:04000000", None):
        store.apply_registry(connection, [column("kt", "Kinh tế", topic)])
    assert "media_topics/kt" not in all_names(connection)
