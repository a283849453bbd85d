"""Names over time and references between entries, decided without a database."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as some

from schemas.registry import Campaign
from schemas.times import VIETNAM
from services.common.problems import Problem
from services.ingest.registry.document import GivenRegistry, plan
from services.ingest.registry.entries import Entries, GivenUnit, code_of, kind_of
from services.ingest.registry.rules import faults, with_names_kept

YESTERDAY, TODAY = date(2025, 3, 14), date(2025, 3, 15)


def unit(code: str, name: str = "", **fields) -> GivenUnit:
    return GivenUnit.model_validate({"code": code, "name": name or code, **fields})


def history(of: GivenUnit) -> list[tuple[str, date | None]]:
    return [(each.name, each.from_) for each in of.names]


def test_a_renamed_unit_keeps_its_old_name_and_the_day_of_the_new_one():
    after = with_names_kept(unit("A", "Mới"), unit("A", "Cũ"), TODAY)

    assert history(after) == [("Cũ", None), ("Mới", TODAY)]


def test_each_new_name_is_added_to_those_before():
    first = with_names_kept(unit("A", "Hai"), unit("A", "Một"), YESTERDAY)
    after = with_names_kept(unit("A", "Ba"), first, TODAY)

    assert history(after) == [("Một", None), ("Hai", YESTERDAY), ("Ba", TODAY)]


def test_of_two_names_on_one_day_the_first_was_a_slip():
    slip = with_names_kept(unit("A", "Mớii"), unit("A", "Cũ"), TODAY)

    assert history(with_names_kept(unit("A", "Mới"), slip, TODAY)) == [("Cũ", None), ("Mới", TODAY)]
    assert history(with_names_kept(unit("A", "Cũ"), slip, TODAY)) == [("Cũ", None)]


def test_a_unit_that_is_read_renamed_and_put_back_loses_no_name():
    stored = with_names_kept(unit("A", "Hai"), unit("A", "Một"), YESTERDAY)
    put_back = GivenUnit.model_validate(stored.model_dump(by_alias=True) | {"name": "Ba"})

    assert history(with_names_kept(put_back, stored, TODAY)) == [
        ("Một", None),
        ("Hai", YESTERDAY),
        ("Ba", TODAY),
    ]


def test_other_changes_leave_the_names_alone():
    stored = with_names_kept(unit("A", "Hai"), unit("A", "Một"), YESTERDAY)
    after = with_names_kept(unit("A", "Hai", short_name="H", trusted=False), stored, TODAY)

    assert history(after) == history(stored)
    assert after.names[-1].short_name == "H"
    assert with_names_kept(unit("A", "Một"), unit("A", "Một"), TODAY).names == ()


@given_any(some.lists(some.tuples(some.integers(0, 2), some.sampled_from("ABC")), max_size=12))
def test_whatever_it_is_called_and_when_each_day_keeps_its_last_name(renamings):
    day, stored, called = YESTERDAY, unit("X", "A"), {YESTERDAY - timedelta(days=1): "A"}
    for days_later, name in renamings:
        day += timedelta(days=days_later)
        stored = with_names_kept(unit("X", name), stored, day)
        called[day] = name

    assert faults(stored, {"X": stored}, day) == []
    for each, name in called.items():
        assert stored.name_at(datetime.combine(each, time(12), VIETNAM)) == name


def test_whoever_hands_in_names_says_how_it_was():
    given = unit("A", "Mới", names=[{"name": "Xưa"}, {"name": "Mới", "from": "2020-01-01"}])

    assert with_names_kept(given, unit("A", "Cũ"), TODAY).names == given.names


@pytest.mark.parametrize(
    ("names", "pointer"),
    [
        ([{"name": "Cũ"}], "/names/0/name"),
        ([{"name": "Cũ"}, {"name": "Mới"}], "/names/1/from"),
        ([{"name": "Mới", "from": "2025-03-16"}], "/names/0/from"),
        (
            [{"name": "Cũ", "from": "2025-03-01"}, {"name": "Mới", "from": "2025-03-01"}],
            "/names/1/from",
        ),
    ],
)
def test_names_that_contradict_themselves_are_refused(names, pointer):
    given = unit("A", "Mới", names=names)

    assert [fault.pointer for fault in faults(given, {"A": given}, TODAY)] == [pointer]


def test_a_hundred_and_first_name_is_refused_not_stored_unreadable():
    names = [{"name": f"Tên {n}", "from": f"{1900 + n}-01-01"} for n in range(100)]
    stored = unit("A", "Tên 99", names=names)
    after = with_names_kept(unit("A", "Mới"), stored, TODAY)

    assert [fault.pointer for fault in faults(after, {"A": after}, TODAY)] == ["/names"]


def test_a_unit_succeeds_known_units_never_itself_nor_its_heirs():
    given = unit("A", succeeds=["B", "A", "NOBODY", "HEIR"])
    known = {each.code: each for each in (given, unit("B"), unit("HEIR", succeeds=["C"]))}
    known["C"] = unit("C", succeeds=["A"])

    found = faults(given, known, TODAY)

    assert [(fault.pointer, fault.code) for fault in found] == [
        ("/succeeds/1", "itself"),
        ("/succeeds/2", "unknown"),
        ("/succeeds/3", "cycle"),
    ]


def test_a_campaign_expects_units_that_are_there():
    campaign = Campaign(slug="c", name="C", expected_units=["A", "NOBODY"])

    found = faults(campaign, {"A": unit("A", active=False)}, TODAY)

    assert [fault.pointer for fault in found] == ["/expected_units/1"]


def known(*entries) -> Entries:
    return {(kind_of(entry), code_of(entry)): entry for entry in entries}


def test_a_document_may_name_what_it_brings_along_in_any_order():
    given = GivenRegistry.model_validate(
        {
            "units": [
                {"code": "NEW", "name": "N", "succeeds": ["A", "B"]},
                {"code": "B", "name": "B", "succeeds": ["A"]},
                {"code": "A", "name": "A"},
            ],
            "campaigns": [{"slug": "c", "name": "C", "expected_units": ["NEW"]}],
        }
    )

    planned = plan(given, {}, TODAY)

    assert [code_of(each.after) for each in planned.differences] == ["A", "B", "NEW", "c"]


def test_a_plan_tells_what_is_new_what_differs_and_what_it_leaves_alone():
    given = GivenRegistry.model_validate(
        {"units": [{"code": "A", "name": "Mới"}, {"code": "B", "name": "B"}]}
    )

    planned = plan(given, known(unit("A", "Cũ"), unit("B"), unit("C")), TODAY)

    assert (planned.unchanged, planned.not_in_document) == (1, (("unit", "C"),))
    (changed,) = planned.body(dry_run=True)["changed"]
    assert changed["code"] == "A"
    assert changed["fields"].keys() == {"name", "names"}
    assert changed["fields"]["name"] == {"before": "Cũ", "after": "Mới"}


def test_all_faults_of_a_document_are_told_at_once():
    given = GivenRegistry.model_validate(
        {
            "units": [
                {"code": "A", "name": "A", "succeeds": ["B"]},
                {"code": "B", "name": "B", "succeeds": ["A"]},
                {"code": "B", "name": "Lại"},
            ],
            "campaigns": [{"slug": "c", "name": "C", "expected_units": ["NOBODY"]}],
        }
    )

    with pytest.raises(Problem) as refused:
        plan(given, {}, TODAY)

    assert {error.pointer for error in refused.value.errors} >= {
        "/units/2/code",
        "/campaigns/0/expected_units/0",
    }
