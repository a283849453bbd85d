"""Which rows are looked for in Kafka when it comes back."""

from datetime import timedelta

from sqlalchemy import insert

from schemas.topics import ARTICLES
from services.common.instants import now
from services.ingest.relaying import outbox
from services.ingest.relaying.comparison import kept, unsettled_since
from services.ingest.relaying.outbox import Confirmed
from services.ingest.tables import compared
from tests.ingest.relaying.test_outbox import add, article

EVERYWHERE = range(ARTICLES.partitions)


def send(conn, *, at, offset: int) -> int:
    add(conn, article())
    row = outbox.due(conn, 1)[0]
    outbox.mark_sent(conn, [Confirmed(row.seq, row.topic, row.partition, offset)], at)
    return row.seq


def test_without_a_comparison_before_every_row_is_looked_for(conn):
    seq = send(conn, at=now() - timedelta(days=400), offset=0)

    sent = kept(conn, ARTICLES, EVERYWHERE, unsettled_since(conn, ARTICLES))

    assert [row.seq for row in sent] == [seq]


def test_what_was_sent_since_the_last_comparison_is_looked_for_however_long_kafka_was_away(conn):
    before_the_outage = now() - timedelta(hours=5)
    begun = before_the_outage - timedelta(minutes=1)
    conn.execute(insert(compared), {"topic": ARTICLES.name, "begun": begun})
    settled = send(conn, at=begun - timedelta(minutes=11), offset=0)
    unsettled = send(conn, at=before_the_outage, offset=1)
    after = send(conn, at=now(), offset=2)

    sent = kept(conn, ARTICLES, EVERYWHERE, unsettled_since(conn, ARTICLES))

    assert {row.seq for row in sent} == {unsettled, after}
    assert settled not in {row.seq for row in sent}
