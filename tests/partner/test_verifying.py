"""A mirror that is whole verifies; one with an entry taken out, altered or added does not."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from partner.entry import Entry
from partner.known import Known
from partner.mirror import Mirror
from partner.verifying import Fault, Finding, Ledger, kept, verify
from tests.partner.history import PUBLIC, History, histories

TWO = History(((1, "published"), (2, "published"), (1, "corrected")))
ENDED = History(((1, "published"), (2, "published"), (1, "retracted"), (2, "removed")))
FIRST, SECOND = str(UUID(int=1)), str(UUID(int=2))


def check(
    history: History, held: dict[str, Entry | None], *parts: dict[str, Any], **more: Any
) -> list[Finding]:
    ledger = Ledger("bao", PUBLIC)
    copies = {name: kept(entry) if entry else None for name, entry in held.items()}
    known = more.pop("known", Known().plus(range(1, history.last + 1)))
    return verify(ledger, parts or [history.manifest()], copies, known, **more)


def faults(*args: Any, **more: Any) -> list[tuple[Fault, str]]:
    return [(finding.fault, finding.what) for finding in check(*args, **more)]


def held(history: History) -> dict[str, Entry | None]:
    return dict(history.current())


@settings(max_examples=60)
@given(histories, st.data())
def test_a_mirror_of_what_was_told_verifies_however_the_days_were_cut(history, data):
    cuts = sorted(data.draw(st.sets(st.integers(0, history.last))) | {0, history.last})
    parts = [history.manifest(after, last) for after, last in zip([0, *cuts], cuts, strict=False)]
    with TemporaryDirectory() as folder:
        mirror = Mirror(Path(folder))
        mirror.apply([history.told(seq, history.last) for seq in range(1, history.last + 1)])

        assert check(history, dict(mirror.all_held()), *parts, known=mirror.known) == []


@given(histories, st.data())
def test_one_entry_taken_out_altered_or_added_is_found(history, data):
    copy = held(history)
    name = data.draw(st.sampled_from(sorted(copy)))
    entry = copy[name]
    assert entry

    without = {n: e for n, e in copy.items() if n != name}
    altered = copy | {name: replace(entry, article={"headline": "another"})}
    renamed = copy | {name: replace(entry, version=entry.version + 1)}
    added = copy | {str(UUID(int=99)): replace(entry, id=str(UUID(int=99)))}

    assert faults(history, without) == [(Fault.MISSING, name)]
    assert [what for _, what in faults(history, altered)] == [name]
    assert faults(history, renamed) == [(Fault.ALTERED, name)]
    assert faults(history, added) == [(Fault.TOO_MUCH, str(UUID(int=99)))]


def test_an_old_version_in_place_of_the_correction_is_found():
    old = held(TWO) | {FIRST: TWO.told(1, 1)}

    assert faults(TWO, old) == [(Fault.MISSING, FIRST)]


def test_what_should_have_been_taken_down_and_was_not_is_found():
    standing = {FIRST: ENDED.told(1, 1), SECOND: ENDED.told(2, 2)}

    assert faults(ENDED, {**standing}) == [
        (Fault.NOT_TAKEN_DOWN, FIRST),
        (Fault.NOT_TAKEN_DOWN, SECOND),
    ]


def test_a_removed_article_whose_text_was_kept_is_found():
    entry = replace(ENDED.told(4, 4), article={"headline": "still here"})

    assert faults(ENDED, held(ENDED) | {SECOND: entry}) == [(Fault.NOT_TAKEN_DOWN, SECOND)]


def test_a_text_that_is_gone_or_cannot_be_read_is_found():
    gone = replace(TWO.told(3, 3), article=None)

    assert faults(TWO, held(TWO) | {FIRST: gone}) == [(Fault.ALTERED, FIRST)]
    assert faults(TWO, held(TWO) | {FIRST: None}) == [(Fault.ALTERED, FIRST)]
    assert faults(TWO, held(TWO) | {FIRST: replace(gone, article={"n": 2**60})}) == [
        (Fault.ALTERED, FIRST)
    ]


def test_a_day_that_is_missing_or_comes_twice_is_found():
    day = "2026-03-02"

    assert (Fault.GAP, day) in faults(TWO, held(TWO), TWO.manifest(0, 1), TWO.manifest(2, 3))
    assert (Fault.GAP, day) in faults(TWO, held(TWO), TWO.manifest(1, 3))
    assert (Fault.GAP, day) in faults(TWO, held(TWO), TWO.manifest(), TWO.manifest())


def test_a_tinbai_that_lists_less_than_it_told_is_found():
    told = Known().plus([1, 2, 3, 4])

    assert faults(TWO, held(TWO), known=told) == [(Fault.GAP, "changes")]


def test_a_seq_that_is_missing_within_a_day_is_found():
    whole = TWO.manifest()
    holed = TWO.manifest(items=[whole["items"][0], whole["items"][2]])

    assert (Fault.GAP, "2026-03-02") in faults(TWO, held(TWO), holed)


@given(st.sampled_from(["partner", "date", "made", "complete", "items", "key", "signature"]))
def test_a_manifest_that_was_altered_after_it_was_signed_is_found(name):
    values: dict[str, Any] = {
        "partner": "khac",
        "date": "2026-03-03",
        "made": "2027-01-01T00:00:00Z",
        "complete": False,
        "items": TWO.manifest()["items"][:1],
        "key": "k2",
        "signature": "bm8=",
    }
    altered = TWO.manifest() | {name: values[name]}

    assert Fault.BAD_SIGNATURE in {fault for fault, _ in faults(TWO, held(TWO), altered)}


def test_another_partners_manifest_is_found():
    anothers = TWO.manifest(partner="khac")

    assert faults(TWO, held(TWO), anothers) == [(Fault.BAD_SIGNATURE, "2026-03-02")]


def test_what_was_told_but_never_fetched_is_found_unless_it_is_quite_new():
    behind = {SECOND: TWO.told(2, 2), FIRST: TWO.told(1, 1)}
    known = Known().plus([1, 2])

    assert faults(TWO, dict(behind), known=known) == [(Fault.NOT_FETCHED, "changes")]
    assert faults(TWO, dict(behind), known=known, patience=timedelta(minutes=1)) == []
    assert faults(TWO, {}, known=Known(), patience=timedelta(0)) == [(Fault.NOT_FETCHED, "changes")]
