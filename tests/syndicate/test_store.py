import sqlite3
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import Connection, text

from schemas.events import UnitChanged
from schemas.registry import Unit
from services.common.ids import new_id
from services.syndicate import store
from services.syndicate.announcing import listing, outbox
from services.syndicate.change import Tombstone
from services.syndicate.feeds.binding import Document
from services.syndicate.rendering import feed_store
from services.syndicate.rendering.feed_store import Proof
from services.syndicate.serving.moments import Moment
from tests.factories import NOON, TRACE, article, retraction

Publish = Callable[..., Sequence[bool]]
MINUTE = timedelta(minutes=1)


def revisions(connection: Connection) -> dict[str, int]:
    return {feed.name: feed.revision for feed in feed_store.feeds(connection)}


def named(code: str, name: str) -> UnitChanged:
    unit = Unit(code=code, name=name)
    return UnitChanged(id=new_id(), time=NOON, producer="ingest", trace=TRACE, unit=unit)


def test_a_feed_shows_the_newest_first_and_breaks_ties_by_id(
    connection: Connection, publish: Publish
) -> None:
    ids = sorted(new_id() for _ in range(4))
    old = article(id=ids[3], published=NOON - MINUTE)
    publish(old, *(article(id=i) for i in ids[:3]))
    window = feed_store.window(connection, "latest", 3)
    assert window.entries == [(ids[2], 1), (ids[1], 1), (ids[0], 1)]


def test_a_correction_stays_in_its_place(connection: Connection, publish: Publish) -> None:
    first, second = article(), article(published=NOON + MINUTE)
    publish(first, second)
    publish(article(id=first.id, version=2, updated=NOON + 5 * MINUTE, correction_note="Sửa"))
    assert feed_store.window(connection, "latest", 50).entries == [(second.id, 1), (first.id, 2)]


def test_a_retraction_moves_to_the_top(connection: Connection, publish: Publish) -> None:
    first, second = article(), article(published=NOON + MINUTE)
    publish(first, second)
    publish(retraction(first.id, updated=NOON + 5 * MINUTE))
    assert feed_store.window(connection, "latest", 50).entries == [(first.id, 2), (second.id, 1)]


def test_repeated_and_older_versions_leave_every_feed_as_it_is(
    connection: Connection, publish: Publish
) -> None:
    one = article()
    assert publish(article(id=one.id, version=2, correction_note="Sửa")) == [True]
    before = revisions(connection)
    assert publish(one, article(id=one.id, version=2)) == [False, False]
    assert revisions(connection) == before
    assert feed_store.window(connection, "latest", 50).entries == [(one.id, 2)]


def test_only_the_feeds_of_an_article_change(connection: Connection, publish: Publish) -> None:
    publish(article(unit="A"), article(unit="B"))
    before = revisions(connection)
    publish(article(unit="A"))
    changed = {name for name, revision in revisions(connection).items() if before[name] != revision}
    assert changed == {"latest", "units/A", "genres/news", "languages/vi"}


def test_an_article_that_moves_leaves_its_old_feed(
    connection: Connection, publish: Publish
) -> None:
    one = article(column="kt")
    publish(one)
    publish(article(id=one.id, version=2, column="pl"))
    assert feed_store.window(connection, "columns/kt", 50).entries == []
    assert feed_store.window(connection, "columns/pl", 50).entries == [(one.id, 2)]


def test_what_is_not_public_is_kept_but_makes_no_feed_known(
    connection: Connection, publish: Publish
) -> None:
    assert publish(article(unit="KÍN".encode().hex(), audience="partner:baomoi")) == [True]
    assert revisions(connection) == {}


def test_a_tombstone_leaves_no_text_behind(connection: Connection, publish: Publish) -> None:
    one = article()
    publish(one)
    assert store.apply_changes(connection, [Tombstone(one.id, 1)]) == [True]
    assert feed_store.articles(connection, [one.id]) == {}
    assert feed_store.window(connection, "latest", 50).entries == []
    assert publish(one) == [False]


def test_the_registry_makes_a_unit_known_before_its_first_article(connection: Connection) -> None:
    store.apply_registry(connection, [named("HQHP", "Hải quan HP")])
    [feed] = feed_store.feeds(connection)
    assert (feed.name, feed.title) == ("units/HQHP", "Hải quan HP")


def test_a_new_name_renders_every_feed_again_and_the_same_name_none(
    connection: Connection, publish: Publish
) -> None:
    publish(article(unit="HQHP"))
    store.apply_registry(connection, [named("HQHP", "Hải quan HP")])
    before = revisions(connection)
    store.apply_registry(connection, [named("HQHP", "Hải quan HP")])
    assert revisions(connection) == before
    store.apply_registry(connection, [named("HQHP", "Hải quan khu vực III")])
    again = max(before.values()) + 1
    assert revisions(connection) == dict.fromkeys(before, again)


@pytest.mark.parametrize("since", ["", " AND place > 1000"])
def test_a_window_is_read_by_its_key_and_never_sorted(connection: Connection, since: str) -> None:
    plan = connection.execute(
        text(
            "EXPLAIN QUERY PLAN SELECT place, article, version, notice FROM entry"
            f" WHERE feed = 'latest' AND notice = 0{since}"
            " ORDER BY place DESC, article DESC LIMIT 50"
        )
    )
    [step] = [row.detail for row in plan]
    assert step.startswith("SEARCH entry USING PRIMARY KEY (feed=? AND notice=?")


def test_a_change_is_taken_and_rendered_by_indexes_alone(
    connection: Connection, publish: Publish
) -> None:
    """So it costs the same with a million articles. The queues are looked through: they are short,
    and looked at up to a limit."""
    publish(*(article(unit=f"U{n}") for n in range(20)))
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    asked: list[str] = []
    driver.set_trace_callback(asked.append)
    one, two = article(unit="U1", urgency=1), article()
    publish(one, two)
    publish(article(id=one.id, version=2, correction_note="Sửa", unit="U1"))
    store.apply_changes(connection, [Tombstone(two.id, 1)])
    for feed in feed_store.feeds_since(connection, feed_store.newest_revision(connection) - 1):
        if entries := feed_store.window(connection, feed.name, 50).entries:
            feed_store.articles(connection, [each for each, _ in entries])
        feed_store.save_proofs(
            connection,
            [Proof(feed.name, feed.revision, [Document(feed.name, "", "", b"")])],
            {feed.name: Moment(1, alone=True)},
        )
    listing.mark_listed(connection, listing.unlisted(connection, rendered=10**9), NOON)
    outbox.remove(connection, [row.seq for row in outbox.waiting(connection, limit=10)])
    driver.set_trace_callback(None)

    plans = [(sql, row[3]) for sql in asked for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert len(plans) > 20
    short = ("SCAN unlisted", "SCAN outbox", "SCAN edition", "SCAN CONSTANT ROW")
    assert [plan for plan in plans if "SCAN" in plan[1] and plan[1] not in short] == []
    assert [plan for plan in plans if "TEMP B-TREE" in plan[1]] == []


def test_a_store_keeps_its_identity_and_a_new_one_has_another(connection: Connection) -> None:
    identity = store.identity(connection)
    assert store.identity(connection) == identity
    connection.execute(text("DELETE FROM identity"))
    assert store.identity(connection) != identity
