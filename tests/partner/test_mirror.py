"""A mirror, from whatever order in which entries come."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partner.entry import Invalid, read_entry
from partner.known import Known
from partner.mirror import Mirror
from tests.partner.history import History, histories

PUBLISHED_TWICE = History(((1, "published"), (2, "published")))


@st.composite
def tellings(draw):
    """Give a history, and what is told of it: each seq once at the end, and before and between
    that any seq at any time, any number of times."""
    history = draw(histories)
    early = st.integers(1, history.last).flatmap(
        lambda at: st.tuples(st.integers(1, at), st.just(at))
    )
    whole = [(seq, history.last) for seq in range(1, history.last + 1)]
    told = draw(st.permutations([*whole, *draw(st.lists(early, max_size=12))]))
    return history, [history.told(seq, at) for seq, at in told]


@settings(max_examples=30)  # each syncs files to the disk
@given(tellings(), st.integers(1, 5))
def test_in_any_order_and_however_often_a_mirror_ends_with_the_newest_of_each(telling, at_once):
    history, entries = telling
    with TemporaryDirectory() as folder:
        mirror = Mirror(Path(folder))
        for start in range(0, len(entries), at_once):
            mirror.apply(entries[start : start + at_once])

        again = Mirror(Path(folder))
        assert dict(again.all_held()) == history.current()
        assert again.after == history.last


@settings(max_examples=30)  # each syncs files to the disk
@given(tellings())
def test_no_retracted_text_comes_back_by_an_older_entry_that_comes_late(telling):
    _, entries = telling
    with TemporaryDirectory() as folder:
        mirror = Mirror(Path(folder))
        newest: dict[str, int] = {}
        for entry in entries:
            mirror.apply([entry])
            if entry.superseded is None:
                newest[entry.id] = max(entry.seq, newest.get(entry.id, 0))
            held = mirror.held(entry.id)
            assert (held.seq if held else None) == newest.get(entry.id)


def test_a_second_telling_changes_nothing_and_says_so(tmp_path):
    mirror = Mirror(tmp_path)
    entry = PUBLISHED_TWICE.told(1, 1)

    assert mirror.apply([entry]) == [entry]
    assert mirror.apply([entry]) == []


def test_a_file_that_was_damaged_is_mended_by_a_replay(tmp_path):
    mirror = Mirror(tmp_path)
    entry = PUBLISHED_TWICE.told(1, 1)
    mirror.apply([entry])
    file = tmp_path / "articles" / f"{entry.id}.json"

    for damaged in (
        b'{"seq": 1',
        file.read_bytes().replace(b"1.5", b"9"),
    ):
        file.write_bytes(damaged)
        assert mirror.apply([entry]) == [entry]
        assert mirror.held(entry.id) == entry


def test_what_was_not_told_shows_as_a_gap_and_the_loop_goes_on_before_it(tmp_path):
    history = History(tuple((n, "published") for n in range(1, 8)))
    mirror = Mirror(tmp_path)

    mirror.apply([history.told(seq, 7) for seq in (1, 2, 5, 7)])

    assert list(Mirror(tmp_path).known.gaps()) == [(3, 4), (6, 6)]
    assert Mirror(tmp_path).after == 2


@given(st.lists(st.lists(st.integers(1, 30))))
def test_what_is_known_is_what_was_told_in_whatever_portions(portions):
    known = Known()
    told: set[int] = set()
    for portion in portions:
        known, told = known.plus(portion), told | set(portion)

    missing = {seq for first, last in known.gaps() for seq in range(first, last + 1)}
    assert {seq for seq in range(1, 40) if seq in known} == told
    assert missing == set(range(1, known.last + 1)) - told
    assert set(range(1, known.after + 1)) <= told
    assert known.after + 1 not in told
    assert known.last == max(told, default=0)


def test_of_very_many_gaps_only_the_first_are_noted():
    known = Known().plus(range(1, 10_001, 2))

    assert len(known.ranges) == 1000
    assert known.after == 1


def test_a_state_that_cannot_be_read_is_said_so(tmp_path):
    (tmp_path / "state.json").write_text("{")

    with pytest.raises(Invalid):
        Mirror(tmp_path)


@pytest.mark.parametrize(
    "change",
    [{"id": "../../etc/passwd"}, {"id": 7}, {"seq": 0}, {"seq": True}, {"version": "1"},
     {"article": "text"}, {"digest": None} | {"kind": None, "seq": None}],
)  # fmt: skip
def test_what_is_no_entry_is_refused(change):
    good = PUBLISHED_TWICE.told(1, 1).as_json()
    assert read_entry(good | {"later": "field"})

    with pytest.raises(Invalid):
        read_entry(good | change)
    with pytest.raises(Invalid):
        read_entry([good])


def test_a_kind_that_is_not_known_yet_takes_the_article_down():
    entry = read_entry(PUBLISHED_TWICE.told(1, 1).as_json() | {"kind": "suspended"})

    assert not entry.stands


# Writes without end, and says after each page how far it got.
WRITER = """
import sys
from pathlib import Path
from partner.mirror import Mirror
from tests.partner.history import History

history = History(tuple((n % 50 + 1, "published") for n in range(5000)))
mirror = Mirror(Path(sys.argv[1]))
while mirror.after < history.last:
    first = mirror.after + 1
    mirror.apply([history.told(seq, seq) for seq in range(first, min(first + 10, history.last))])
    print(mirror.after, flush=True)
"""


def test_a_mirror_that_was_killed_while_it_wrote_goes_on(tmp_path):
    safe = 0
    for pages in (3, 7, 5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            for _ in range(pages):
                safe = int(process.stdout.readline())
            os.kill(process.pid, signal.SIGKILL)

        mirror = Mirror(tmp_path)
        assert mirror.after >= safe
        assert list(mirror.known.gaps()) == []
        for file in (tmp_path / "articles").glob("*.json"):
            assert read_entry(json.loads(file.read_bytes())).id == file.stem
