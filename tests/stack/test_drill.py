"""A drill says what a partner did: by its own word, or not."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from stack.drill.certificate import Certificate, Kind, Task, judge
from tests.factories import NOON

SECOND = timedelta(seconds=1)
TASK = Task("publish", "published", "1", 1, NOON)
TOLD = ("queued", 1, "published")


def told(*events: tuple[str, float, str], version: int = 1, partner: str = "a") -> list[Any]:
    """A timeline: events, each so many seconds after noon, with a detail."""
    return [
        {
            "at": (NOON + seconds * SECOND).isoformat(),
            "event": event,
            "version": version,
            "partners": [partner],
            "detail": detail,
        }
        for event, seconds, detail in events
    ]


@pytest.mark.parametrize(
    ("kind", "word", "verdict"),
    [
        ("published", "applied", "done"),
        ("corrected", "applied", "done"),
        ("retracted", "removed", "done"),
        ("published", "received", "taken"),
        ("retracted", "received", "taken"),
        ("retracted", "applied", "taken"),
        ("published", "refused", "refused"),
    ],
)
def test_its_own_word_counts_for_what_it_was_asked_to_do(kind: Kind, word: str, verdict: str):
    found = judge(replace(TASK, kind=kind), "a", told(TOLD, ("acknowledged", 3.5, word)))

    assert (found.verdict, found.state, found.seconds) == (verdict, word, 2.5)


def test_who_first_received_and_then_applied_has_done_it():
    items = told(TOLD, ("acknowledged", 2, "received"), ("acknowledged", 5, "applied"))

    assert judge(TASK, "a", items).verdict == "done"
    assert judge(TASK, "a", items).seconds == 4


@pytest.mark.parametrize(
    ("events", "verdict"),
    [
        ([], "not told"),
        ([TOLD], "silent"),
        ([TOLD, ("delivered", 2, "webhook")], "taken"),
        ([TOLD, ("failed", 2, "webhook: 410")], "failed"),
    ],
)
def test_without_its_word_nothing_is_done(events, verdict: str):
    found = judge(TASK, "a", told(*events))

    assert (found.verdict, found.seconds) == (verdict, None)


def test_what_others_say_and_what_is_said_of_other_versions_does_not_count():
    done = (TOLD, ("acknowledged", 2, "applied"))
    items = told(*done, partner="b") + told(*done, version=2)

    assert judge(TASK, "a", items).verdict == "not told"


def test_an_embargo_that_was_not_kept_is_our_fault():
    held = replace(TASK, not_before=NOON + 2 * SECOND)
    items = told(TOLD, ("acknowledged", 3, "applied"))

    assert judge(held, "a", items).verdict == "too early"
    assert judge(replace(held, not_before=NOON + SECOND), "a", items).verdict == "done"


def test_the_certificate_says_it_to_people_and_to_scripts():
    good = judge(TASK, "a", told(TOLD, ("acknowledged", 3.5, "applied")))
    bad = judge(replace(TASK, name="correct", version=2), "a", [])
    made = Certificate("a", "Báo A", "HQ", NOON, NOON + 9 * SECOND, [good, bad])

    assert not made.conformant
    assert replace(made, findings=[good]).conformant
    assert not replace(made, findings=[]).conformant
    text = made.as_text()
    assert "2.5 s" in text
    assert "1 of 2 done: NOT conformant." in text
    read = json.loads(made.as_json())
    assert (read["partner"], read["conformant"]) == ("a", False)
    assert [each["verdict"] for each in read["findings"]] == ["done", "not told"]
    assert read["findings"][0]["acknowledged"] == (NOON + 3.5 * SECOND).isoformat()
