"""The order in which events leave: urgent first, each article's versions one after the other."""

from schemas.article import Article, PubStatus, Retraction
from schemas.events import Trace
from services.common.ids import new_id
from services.common.instants import now
from services.ingest.lifecycle import event_of
from services.ingest.relaying import outbox
from services.ingest.relaying.outbox import Confirmed, Waiting

TRACE = Trace(request_id="r", traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01")


def article(article_id=None, version=1, urgency=5, **fields) -> Article:
    at = now()
    return Article(
        **{
            "id": article_id or new_id(),
            "version": version,
            "pub_status": PubStatus.USABLE,
            "unit": "HQ",
            "headline": "Tin",
            "body": "<p>x</p>",
            "urgency": urgency,
            "published": at,
            "updated": at,
            **fields,
        }
    )


def retraction(of: Article) -> Article:
    return article(
        of.id,
        of.version + 1,
        headline="",
        body="",
        pub_status=PubStatus.CANCELED,
        retraction=Retraction(reason="r", notice="n", at=now()),
    )


def add(conn, *articles: Article) -> None:
    for one in articles:
        outbox.add_article(conn, event_of(one, TRACE))


def drain(conn, limit: int) -> list[tuple[str, str]]:
    """Send group after group as the relay does; give topic and key in order."""
    order: list[tuple[str, str]] = []
    while rows := outbox.due(conn, limit):
        for row in rows:
            outbox.mark_sent(conn, [confirmed(row, at=len(order))], now())
            order.append((row.topic, row.key.decode()))
    return order


def confirmed(row: Waiting, at: int) -> Confirmed:
    return Confirmed(row.seq, row.topic, row.partition, at)


def test_the_urgent_leave_before_those_who_came_earlier(conn):
    late, early = article(urgency=2), article(urgency=5)
    add(conn, early, late)

    assert [key for _, key in drain(conn, 1)] == [f"{late.id}:1", f"{early.id}:1"]


def test_a_version_waits_until_the_one_before_is_confirmed(conn):
    first = article()
    second = article(first.id, version=2, urgency=2)
    add(conn, first, second)

    keys = [row.key.decode() for row in outbox.due(conn, 10)]

    assert keys == [f"{first.id}:1"]
    assert drain(conn, 10) == [("articles", f"{first.id}:1"), ("articles", f"{first.id}:2")]


def test_a_retraction_takes_the_express_and_pulls_its_older_versions_along(conn):
    backlog = [article() for _ in range(20)]
    add(conn, *backlog)
    ended = retraction(backlog[-1])
    add(conn, ended)

    order = drain(conn, 2)

    assert order[0] == ("articles.express", f"{ended.id}:2")
    assert order[1:3] == [("articles", f"{ended.id}:1"), ("articles", f"{ended.id}:2")]


def test_many_waiting_versions_of_one_article_hold_up_nobody(conn):
    busy = article()
    add(conn, *(article(busy.id, version=number) for number in range(1, 50)))
    others = [article() for _ in range(10)]
    add(conn, *others)

    assert len(outbox.due(conn, 11)) == 11


def test_what_kafka_has_lost_is_due_again(conn):
    one = article()
    add(conn, one)
    row = outbox.due(conn, 1)[0]
    outbox.mark_sent(conn, [confirmed(row, at=7)], now())
    assert outbox.count_waiting(conn) == 0

    outbox.mark_unsent(conn, [row.seq])

    assert outbox.due(conn, 1) == [row]


def test_a_row_that_lands_where_the_log_was_cut_is_sent_until_it_lies_beyond(conn):
    one = article()
    add(conn, one)
    first = outbox.due(conn, 1)[0]
    assert outbox.mark_sent(conn, [confirmed(first, at=7)], now()) == 0
    add(conn, article(one.id, version=2))
    second = outbox.due(conn, 1)[0]

    assert outbox.mark_sent(conn, [confirmed(second, at=7)], now()) == 1
    assert outbox.due(conn, 1) == [second]

    assert outbox.mark_sent(conn, [confirmed(second, at=8)], now()) == 0
    assert outbox.due(conn, 1) == []
