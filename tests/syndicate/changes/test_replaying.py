from datetime import timedelta

from sqlalchemy import Connection

from services.common.instants import now
from services.syndicate.changes.replaying import Period, replayed
from tests.factories import article
from tests.syndicate.partners_at_work import Desk


def test_a_period_is_told_again_as_it_stands_now(connection: Connection) -> None:
    desk = Desk(connection)
    desk.partner("a")
    first, second = article(), article()
    desk.release(first, second)
    desk.release(first.model_copy(update={"version": 2}))
    today = Period(now() - timedelta(hours=1), now() + timedelta(hours=1))

    again = replayed(connection, "a", today, after=0, limit=10)

    assert [(entry.seq, entry.version, entry.replay) for entry in again] == [
        (2, 1, True),
        (3, 2, True),
    ]
    assert [entry.seq for entry in replayed(connection, "a", today, after=2, limit=10)] == [3]
    before = Period(today.start, today.start + timedelta(minutes=1))
    assert replayed(connection, "a", before, after=0, limit=10) == []
