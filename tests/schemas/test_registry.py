"""Names over time, and what a unit stands for."""

from datetime import UTC, datetime

import pytest

from schemas.registry import Unit, stands_for
from schemas.times import day_in_vietnam

RENAMED = Unit.model_validate(
    {
        "code": "HQKV2",
        "name": "Chi cục Hải quan khu vực II",
        "short_name": "HQ KV II",
        "names": [
            {"name": "Cục Hải quan TP. Hồ Chí Minh", "short_name": "HQ TP.HCM"},
            {"name": "Chi cục Hải quan khu vực II", "from": "2025-03-15"},
        ],
        "aliases": ["Hải quan Sài Gòn"],
    }
)


@pytest.mark.parametrize(
    ("at", "name"),
    [
        (datetime(1990, 1, 1, tzinfo=UTC), "Cục Hải quan TP. Hồ Chí Minh"),
        # Seven hours before midnight in UTC the day begins in Vietnam.
        (datetime(2025, 3, 14, 16, 59, 59, tzinfo=UTC), "Cục Hải quan TP. Hồ Chí Minh"),
        (datetime(2025, 3, 14, 17, 0, tzinfo=UTC), "Chi cục Hải quan khu vực II"),
        (datetime(2026, 1, 1, tzinfo=UTC), "Chi cục Hải quan khu vực II"),
    ],
)
def test_a_unit_is_called_by_the_name_that_it_had_then(at, name):
    assert RENAMED.name_at(at) == name


def test_before_its_first_name_a_unit_is_called_by_that_one():
    late = Unit.model_validate(
        {"code": "X", "name": "X", "names": [{"name": "X", "from": "2025-03-15"}]}
    )

    assert late.name_at(datetime(2020, 1, 1, tzinfo=UTC)) == "X"


def test_a_unit_without_a_history_was_always_called_so():
    stored_before_there_were_names = '{"code": "HQHP", "name": "Hải quan Hải Phòng"}'
    unit = Unit.model_validate_json(stored_before_there_were_names)

    assert unit.names == ()
    assert unit.name_at(datetime(2020, 1, 1, tzinfo=UTC)) == "Hải quan Hải Phòng"


def test_people_may_know_it_by_any_of_its_names():
    assert RENAMED.all_names() == {
        "Chi cục Hải quan khu vực II",
        "HQ KV II",
        "Cục Hải quan TP. Hồ Chí Minh",
        "HQ TP.HCM",
        "Hải quan Sài Gòn",
    }


def units(**succeeds: list[str]) -> dict[str, Unit]:
    return {code: Unit(code=code, name=code, succeeds=s) for code, s in succeeds.items()}


def test_a_unit_stands_for_itself_and_for_all_before_it():
    merged = units(NEW=["A", "B"], A=["A0"], B=[], A0=[], OTHER=[])

    assert stands_for("NEW", merged) == {"NEW", "A", "B", "A0"}
    assert stands_for("A", merged) == {"A", "A0"}
    assert stands_for("A0", merged) == {"A0"}


def test_a_unit_that_nobody_has_named_yet_stands_for_itself():
    assert stands_for("NEW", {}) == {"NEW"}
    assert stands_for("NEW", units(NEW=["UNHEARD"])) == {"NEW", "UNHEARD"}


def test_units_that_succeed_each_other_end_the_search_all_the_same():
    assert stands_for("A", units(A=["B"], B=["A"])) == {"A", "B"}


def test_a_day_begins_at_seven_hours_before_midnight_in_utc():
    assert day_in_vietnam(datetime(2025, 3, 14, 17, tzinfo=UTC)).isoformat() == "2025-03-15"
