"""What ranks higher stays: so documents that nobody looks at before end as histories do that are
joined in memory."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.article import Article
from services.archive.articles.changes import Change, apply
from services.archive.articles.history import newest
from services.archive.cluster.writes import Write, changes_writes, read_history
from services.archive.engine.documents import Kind
from tests.archive.cluster.stories import Story, stories
from tests.factories import article, retraction

Stored = dict[str, Write]


def write(stored: Stored, changes: Sequence[Change], size: int) -> None:
    """What a cluster does."""
    for start in range(0, len(changes), size):
        histories, _ = apply({}, changes[start : start + size])
        writes = list(changes_writes(histories))
        assert len({each.id for each in writes}) == len(writes)
        for each in writes:
            if each.id not in stored or stored[each.id].rank < each.rank:
                stored[each.id] = each


def read(stored: Stored, story: Story) -> tuple[Mapping[str, Any], Mapping[int, Article | None]]:
    """How the article stands, and its history."""
    head = stored[str(story.id)]
    versions = (
        (each.id, record.encode() if (record := each.source.get("record")) else None)
        for each in stored.values()
        if ":" in each.id
    )
    return head.source, read_history(versions)


@settings(max_examples=250)
@given(story=stories(), size=st.integers(1, 8))
def test_any_order_in_any_batches_ends_as_the_history_does(story, size):
    stored: Stored = {}
    write(stored, story.changes, size)
    head, versions = read(stored, story)
    history = apply({}, story.changes)[0].get(story.id, {})
    stands = newest(history)

    assert head["kind"] == (
        Kind.FORGOTTEN
        if stands is None
        else Kind.ERASED
        if stands.erased
        else Kind.NOTICE
        if stands.canceled
        else Kind.EXPIRED
        if stands.withheld
        else Kind.CURRENT
    )
    if stands is None:
        assert "record" not in head
        assert versions == {}
    else:
        assert head["record"] == stands.model_dump_json()
        readable = {n: text for n, text in history.items() if text and not text.erased}
        if stands.withheld:
            del readable[stands.version]
        assert {n: text for n, text in versions.items() if text} == readable


@settings(max_examples=150)
@given(story=stories(), size=st.integers(1, 8), data=st.data())
def test_the_order_makes_no_difference(story, size, data):
    one: Stored = {}
    other: Stored = {}
    write(one, story.changes, size)
    write(other, data.draw(st.permutations(story.changes)), 3)
    assert read(one, story) == read(other, story)


def test_no_text_stays_below_a_retraction():
    first = article()
    stored: Stored = {}
    write(stored, [first, retraction(first.id, 3), article(id=first.id, version=2)], 1)
    kept = {each.id.partition(":")[2]: each.source["kind"] for each in stored.values()}
    assert kept == {"": Kind.NOTICE, "1": Kind.FORGOTTEN, "2": Kind.FORGOTTEN, "3": Kind.EARLIER}


def test_a_retraction_of_a_very_high_number_writes_no_more_than_it_must():
    histories, _ = apply({}, [retraction(article().id, 999_999_999)])
    assert len(list(changes_writes(histories))) < 2000
