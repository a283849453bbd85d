from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, text

from schemas.article import PubStatus
from services.common.instants import microseconds
from services.syndicate import store as events_in
from services.syndicate.change import Tombstone
from services.syndicate.history import chain, store
from services.syndicate.history.looking import walk_behind
from services.syndicate.history.node import key_of
from services.syndicate.rendering import feed_store
from services.syndicate.tables import CLOSED, HISTORY
from tests.factories import NOON, article, erasure, retraction

Publish = Callable[..., Sequence[bool]]
MINUTE = timedelta(minutes=1)


def test_the_history_stands_in_the_order_of_first_publication(
    connection: Connection, publish: Publish
) -> None:
    first, second = article(), article(published=NOON + MINUTE)
    publish(second, first)
    publish(retraction(first.id, updated=NOON + 9 * MINUTE))
    standing = store.standing(connection, "latest", 9)
    assert [(each.article, each.version) for each in standing] == [(second.id, 1), (first.id, 2)]
    assert store.standing(connection, "latest", 9, standing[0].key) == standing[1:]


def test_of_the_same_microsecond_the_id_decides(connection: Connection, publish: Publish) -> None:
    articles = sorted((article() for _ in range(5)), key=lambda each: each.id)
    publish(*articles)
    standing = store.standing(connection, "latest", 9)
    assert [each.article for each in standing] == [each.id for each in reversed(articles)]
    middle = key_of(microseconds(NOON), articles[2].id.int)
    assert [each.article for each in store.standing(connection, "latest", 9, middle)] == [
        articles[1].id,
        articles[0].id,
    ]


def test_what_moves_expires_or_is_erased_leaves_the_history(
    connection: Connection, publish: Publish
) -> None:
    moving, expiring, erased, forgotten = (article(column="kt") for _ in range(4))
    publish(moving, expiring, erased, forgotten)
    publish(
        moving.model_copy(update={"version": 2, "column": "pl"}),
        expiring.model_copy(update={"version": 2, "pub_status": PubStatus.WITHHELD}),
        erasure(erased.id),
    )
    events_in.apply_changes(connection, [Tombstone(forgotten.id, 1)])
    assert store.standing(connection, "columns/kt", 9) == []
    latest = store.standing(connection, "latest", 9)
    assert [(each.article, each.version) for each in latest] == [(moving.id, 2)]


def test_a_notice_at_the_top_of_a_feed_hides_no_older_article(
    connection: Connection, publish: Publish
) -> None:
    past = [article(published=NOON + MINUTE * n) for n in range(6)]
    publish(*past, retraction(past[0].id, updated=NOON + MINUTE * 9))
    window = feed_store.window(connection, "latest", 3)
    shown = {who for who, _ in window.entries}
    assert shown == {past[0].id, past[5].id, past[4].id}
    assert walk_behind(connection, "latest", shown, 3).previous
    everything = {each.id for each in past}
    assert walk_behind(connection, "latest", everything, 3).previous is None


def test_a_look_goes_through_the_key_alone(connection: Connection, publish: Publish) -> None:
    publish(article())
    asked: list[str] = []
    driver: Any = connection.connection.driver_connection
    driver.set_trace_callback(asked.append)
    store.standing(connection, "latest", 9)
    store.standing(connection, "latest", 9, key_of(0, article().id.int))
    driver.set_trace_callback(None)
    plans = [plan[3] for each in asked for plan in driver.execute(f"EXPLAIN QUERY PLAN {each}")]
    assert len(plans) == 2
    assert plans[0].startswith("SEARCH history USING PRIMARY KEY (feed=?)")
    assert plans[1].startswith("SEARCH history USING PRIMARY KEY (feed=? AND (published,article)<")


def test_a_store_from_before_there_was_a_history_gets_one(
    connection: Connection, publish: Publish
) -> None:
    publish(*(article(published=NOON + MINUTE * n) for n in range(9)), erasure(article().id))
    before = store.standing(connection, "latest", 99)
    connection.execute(delete(HISTORY))
    connection.execute(delete(CLOSED))
    revisions = {feed.name: feed.revision for feed in feed_store.feeds(connection)}

    events_in.prepare(connection)
    events_in.prepare(connection)
    assert store.standing(connection, "latest", 99) == before
    assert store.closed_until(connection) == chain.closed_until(before)
    again = {feed.name: feed.revision for feed in feed_store.feeds(connection)}
    assert again == dict.fromkeys(revisions, max(revisions.values()) + 1)
    assert connection.scalar(text("SELECT count(*) FROM history")) == 9 * 4
