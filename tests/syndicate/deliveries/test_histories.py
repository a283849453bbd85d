"""Whatever happens, in whatever order, to articles, products, ways, attempts and processes: a
partner that applies the bodies of its webhooks, and reads nothing else, holds its product."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from services.syndicate.deliveries import claims, schedule
from services.syndicate.deliveries.loading import Attempt
from services.syndicate.deliveries.outcomes import Result
from tests.syndicate.changes.test_histories import (
    COLUMNS,
    HISTORIES,
    PARTNERS,
    History,
    begun,
    do,
    holds,
)
from tests.syndicate.changes.test_histories import steps as of_articles
from tests.syndicate.deliveries.pushed import Pushed, PushingDesk, Receiver

PAUSES = [timedelta(seconds=s) for s in (1, 6, 90, 400, 9000, 90_000)]
MOST_ROUNDS = 60  # until all is told that waits

of_attempts = st.one_of(
    st.tuples(st.just("taken"), st.integers(0)),
    st.tuples(st.just("answer_lost"), st.integers(0)),
    st.tuples(st.just("refused"), st.integers(0)),
    st.tuples(st.just("gone"), st.integers(0)),
    st.tuples(st.just("die"), st.integers(0, 15), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from(PAUSES)),
    st.tuples(st.just("off"), st.sampled_from(PARTNERS)),
    st.tuples(st.just("on"), st.sampled_from(PARTNERS)),
    st.tuples(st.just("replay"), st.sampled_from(PARTNERS)),
    st.tuples(st.just("try_again")),
    st.tuples(st.just("tidy")),
)
correct = st.tuples(
    st.just("correct"), st.integers(0, 2), st.sampled_from(COLUMNS), st.integers(1, 9)
)
rounds = st.tuples(
    of_articles | correct,
    st.booleans(),  # whether syndicate reads all that was released
    st.integers(0, 4),  # attempts begun to each partner by each lane
    st.lists(of_attempts, max_size=4),
)


def push(history: History, pushed: Pushed, step: tuple[Any, ...]) -> None:
    match step:
        case ("taken" | "answer_lost" | "refused" | "gone" as what, which) if pushed.under_way:
            answer(pushed, what, pushed.under_way[which % len(pushed.under_way)])
        case ("die", arrived, alone):
            for place, attempt in enumerate(pushed.under_way):
                if arrived >> place % 4 & 1:
                    pushed.arrive(attempt)
            pushed.die(alone=alone)
        case ("wait", pause):
            pushed.wait(pause)
        case ("off" | "on" | "replay" as what, partner):
            by_newsroom = {"off": pushed.turn_off, "on": pushed.turn_on, "replay": pushed.replay}
            by_newsroom[what](partner)
        case ("try_again",):
            pushed.try_failed_again()
        case ("tidy",):
            pushed.tidy()


def answer(pushed: Pushed, what: str, attempt: Attempt) -> None:
    """Have an attempt end; of an answer that is lost only the partner knows."""
    if what in ("taken", "answer_lost"):
        pushed.arrive(attempt)
    result = {"taken": Result.DELIVERED, "gone": Result.GONE}.get(what, Result.NOT_TAKEN)
    pushed.end(attempt, result)


def read_all(history: History) -> None:
    history.come(history.waiting)
    history.waiting = []


def claim(history: History, pushed: Pushed, places: int) -> None:
    """Take what is due: nothing old, nothing excluded, nothing beside one of the same article."""
    for attempt in pushed.claim(places):
        entry = attempt.parcel.entry
        newest = history.newest[entry.id]
        if entry.article is not None:
            assert entry.version == newest.version, "an old version"
        if entry.kind.stands:
            assert entry.article is not None
            assert holds(history.wishes[attempt.parcel.way.partner], newest), "an excluded one"
    assert max(Counter(map(lane_of, pushed.under_way)).values(), default=1) == 1, "side by side"


def lane_of(attempt: Attempt) -> tuple[object, object]:
    return attempt.parcel.way.id, attempt.parcel.entry.id


def tell_all(history: History, pushed: Pushed) -> None:
    """Have every partner answer well from now on, until nothing waits."""
    for partner in PARTNERS:
        pushed.turn_on(partner)
    pushed.try_failed_again()
    for _ in range(MOST_ROUNDS):
        pushed.tidy()
        claim(history, pushed, 1000)
        for attempt in list(pushed.under_way):
            pushed.arrive(attempt)
            pushed.end(attempt, Result.DELIVERED)
        if not pushed.waiting():
            return
        pushed.wait(timedelta(hours=1))
    raise AssertionError("something waits for ever")


def check_order(receiver: Receiver) -> None:
    """Nothing came after something newer of the same article, and one message said one thing."""
    last: dict[str, int] = {}
    messages: dict[str, int] = {}
    of_entry: dict[int, str] = {}
    for message, entry in receiver.came:
        assert entry.seq >= last.get(entry.id, 0), "a step back"
        last[entry.id] = entry.seq
        assert messages.setdefault(message, entry.seq) == entry.seq, "one id for two"
        if not entry.replay:
            assert of_entry.setdefault(entry.seq, message) == message, "two ids for one"


@contextmanager
def dice() -> Iterator[None]:
    """Have them fall alike each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "_random", Random(1))
        patch.setattr(schedule, "_random", Random(1))
        yield


@settings(
    max_examples=HISTORIES * 3 // 4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(rounds, min_size=6, max_size=24))
def test_a_partner_that_applies_its_webhooks_alone_holds_its_product(taken: list[Any]) -> None:
    with dice(), begun(PushingDesk) as history:
        receivers = {partner: Receiver() for partner in PARTNERS}
        pushed = Pushed(history.desk.connection, receivers)
        for column in COLUMNS:
            do(history, ("publish", column, 5, "public"))
        for of_article, come, places, steps in taken:
            do(history, of_article)
            if come:
                read_all(history)
            claim(history, pushed, places)
            for step in steps:
                push(history, pushed, step)
        read_all(history)
        before = sum(len(receiver.came) for receiver in receivers.values())
        tell_all(history, pushed)

        for partner, receiver in receivers.items():
            assert receiver.standing() == history.due(partner)
            check_order(receiver)
        event(f"{min(before // 4 * 4, 16)} webhooks or more on the way")
