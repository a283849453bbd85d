"""A chain of entries, and all that can be done to one behind its back."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, update

from services.common import trail
from services.common.trail import Fault, audit, faults

NOON = datetime(2026, 3, 2, 5, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def conn():
    engine = create_engine("sqlite://")
    audit.metadata.create_all(engine)
    with engine.connect() as connection:
        for number in range(1, 8):
            trail.append(
                connection,
                {"version": number, "của": "đơn vị"},
                at=NOON,
                by="key",
                unit="HQKV3",
                action="article.submitted",
                object=f"article:{number}",
                request_id="request",
            )
        yield connection
    engine.dispose()


def found(conn, **anchors) -> list[Fault]:
    kept = {int(seq.removeprefix("at_")): kept for seq, kept in anchors.items()}
    return list(faults(trail.listed(conn, 0, 100), kept))


def seqs(conn) -> set[int]:
    return {fault.seq for fault in found(conn)}


def move(conn, seq: int, to: int) -> None:
    conn.execute(update(audit).where(audit.c.seq == seq).values(seq=to))


def test_a_chain_that_nobody_touched_is_whole(conn):
    assert found(conn) == []
    assert trail.head(conn).seq == 7


def test_as_json_and_back_it_is_still_whole(conn):
    shown = [trail.as_json(entry) for entry in trail.listed(conn, 0, 100)]

    assert list(faults(map(trail.as_entry, shown), {})) == []


@pytest.mark.parametrize(
    "change",
    [
        {"by": "another"},
        {"unit": None},
        {"at": NOON.replace(microsecond=123457)},
        {"action": "article.changed"},
        {"object": "article:9"},
        {"request_id": ""},
        {"detail": '{"version": 5}'},
        {"hash": "0" * 64},
        {"previous": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_is_found(conn, change):
    conn.execute(update(audit).where(audit.c.seq == 4).values(change))

    assert found(conn)[0] == Fault(4, "was changed")


@pytest.mark.parametrize("seq", [1, 4])
def test_a_removed_entry_is_found(conn, seq):
    conn.execute(audit.delete().where(audit.c.seq == seq))

    assert found(conn) == [Fault(seq, "is missing")]


def test_removed_entries_are_found_when_the_gap_was_closed(conn):
    conn.execute(audit.delete().where(audit.c.seq.in_([4, 5])))
    for seq in (6, 7):
        move(conn, seq, seq - 2)

    assert found(conn) == [Fault(4, "does not follow from the one before it")]


def test_reordered_entries_are_found(conn):
    for seq, to in ((3, 99), (5, 3), (99, 5)):
        move(conn, seq, to)

    assert seqs(conn) == {3, 4, 5, 6}
    assert {fault.what for fault in found(conn)} == {"does not follow from the one before it"}


def test_a_changed_entry_with_a_new_hash_of_its_own_breaks_the_next(conn):
    entry = trail.listed(conn, 3, 1)[0] | {"by": "another"}
    forged = trail.hash_of(entry["previous"], entry)
    conn.execute(update(audit).where(audit.c.seq == 4).values(by="another", hash=forged))

    assert found(conn) == [Fault(5, "does not follow from the one before it")]


def test_entries_taken_from_the_end_are_missed_by_who_kept_a_hash(conn):
    kept = trail.head(conn).hash
    conn.execute(audit.delete().where(audit.c.seq > 5))

    assert found(conn) == []
    assert found(conn, at_7=kept) == [Fault(6, "is missing, and all up to 7")]


def test_a_chain_made_anew_is_found_by_who_kept_a_hash(conn):
    assert found(conn, at_5="f" * 64) == [Fault(5, "is not the one whose hash was kept")]
