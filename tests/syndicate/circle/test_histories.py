"""Whatever a partner says, in whatever order, and whenever we look: the state is what it means."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, StaticPool, create_engine, select, update

from services.syndicate.circle import acknowledging, asking, takedowns
from services.syndicate.circle.deadlines import State, after
from services.syndicate.circle.words import Acknowledgement, Word, ends
from services.syndicate.partner_tables import DELIVERY_NEWS, PARTNER, TAKEDOWN
from services.syndicate.tables import TABLES
from tests.factories import TRACE, article, retraction
from tests.syndicate.partners_at_work import Desk

DAY = timedelta(days=1)
WORDS = st.tuples(st.sampled_from(Word), st.sampled_from([1, 2]))
HISTORIES = st.lists(st.tuples(st.floats(0.01, 0.5), st.none() | WORDS), max_size=12)


@pytest.fixture(scope="module")
def tables() -> Iterator[Engine]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    TABLES.create_all(engine)
    yield engine
    engine.dispose()


@settings(max_examples=60)
@given(HISTORIES)
def test_it_is_done_if_the_last_word_that_answers_says_so(tables, history):
    with tables.connect() as connection:  # what an example writes is never committed
        desk = Desk(connection)
        desk.partner("a")
        connection.execute(update(PARTNER).values(ack_deadline=86_400))
        first = article()
        desk.release(first)
        (told,) = desk.release(retraction(first.id))
        asking.note(connection, [told])

        at, last, reopened = told.at, None, 0
        for days, word in history:
            at += days * DAY
            if word is None:
                takedowns.step(connection, at, 10, lambda *_: None)
                continue
            state, version = word
            given = Acknowledgement(id=first.id, version=version, state=state)
            (kept,) = acknowledging.acknowledge(connection, "a", [given], at, TRACE)
            if kept.is_new and state is not Word.RECEIVED and _answers(state, version):
                reopened += state is Word.REFUSED and last is not None and ends(last)
                last = state
        takedowns.step(connection, at, 10, lambda *_: None)

        row = connection.execute(select(TAKEDOWN)).one()
        overdue = connection.execute(
            select(DELIVERY_NEWS).where(DELIVERY_NEWS.c.state == "overdue")
        ).all()
    assert row.state == _meant(last, told.at, at)
    assert len(overdue) <= 1 + reopened
    assert bool(overdue) or row.state != State.OVERDUE


def _answers(state: Word, version: int) -> bool:
    return version == 2 or state is Word.REMOVED


def _meant(last: Word | None, since: datetime, at: datetime) -> Any:
    if last is not None and ends(last):
        return State.DONE
    return after(State.WAITING, since, since + DAY, at)
