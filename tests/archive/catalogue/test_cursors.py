"""Where a list by relevance goes on."""

import base64
import re
from uuid import UUID

import pytest

from services.archive.catalogue.cursors import CURSOR_FORM, BadCursor, Passed, read_cursor
from services.common.ids import new_id

BEGINNING = Passed(as_of=1_770_000_000_000_000, of=7)


def ids(count: int) -> list[UUID]:
    return [new_id() for _ in range(count)]


def test_a_cursor_is_read_as_it_was_written():
    passed = BEGINNING.after(ids(20)).after(ids(3))
    assert read_cursor(str(passed)) == passed
    assert passed.count == 23


def test_what_was_shown_does_not_follow_wherever_it_stands_now():
    shown, others = ids(3), ids(3)
    passed = BEGINNING.after(shown)
    ranked = [others[0], shown[2], others[1], shown[0], others[2]]
    assert passed.first == 0
    assert [ranked[at] for at in passed.following(ranked)] == others


def test_deep_down_what_was_shown_before_all_that_is_remembered_does_not_follow_either():
    early, late, others = ids(10), ids(200), ids(2)
    passed = BEGINNING.after(early).after(late)
    assert passed.first == 10
    ranked = [*early[-2:], *late, *others]
    assert [ranked[at] for at in passed.following(ranked)] == others


def test_where_nothing_that_is_remembered_is_left_all_follows():
    passed = BEGINNING.after(ids(300))
    assert passed.following(ids(2)) == [0, 1]


@pytest.mark.parametrize("shown", [0, 1, 200, 9_000])
def test_a_cursor_has_its_form_however_much_was_shown(shown):
    assert re.fullmatch(CURSOR_FORM, str(BEGINNING.after(ids(shown))))


def spoilt() -> dict[str, str]:
    cursor = str(BEGINNING.after(ids(2)))
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return {
        "nothing": "",
        "nonsense": "nonsense",
        "a count": "20",
        "no base64": "ä" * 30,
        "cut": cursor[:-4],
        "longer": cursor + "AAAA",
        "one letter other": cursor[:5] + ("A" if cursor[5] != "A" else "B") + cursor[6:],
        "one byte other": base64.urlsafe_b64encode(bytes([raw[0] ^ 1]) + raw[1:]).decode(),
    }


@pytest.mark.parametrize("kind", spoilt())
def test_what_was_not_made_here_is_refused(kind):
    with pytest.raises(BadCursor):
        read_cursor(spoilt()[kind])
