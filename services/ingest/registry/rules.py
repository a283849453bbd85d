"""What an entry of the registry must hold to, decided purely: names over time, and references."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeVar

from pydantic import ConfigDict

from schemas.registry import MOST_NAMES, Campaign, Column, Unit, UnitName, stands_for
from services.common.problems import FieldError
from services.common.said import Said, said

U_ = TypeVar("U_", bound=Unit)


class GivenName(UnitName):
    """A name of a unit as an admin hands it in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def with_names_kept(given: U_, before: Unit | None, day: date) -> U_:
    """Give the unit with all of its names, as it is to be stored.

    Whoever hands in `names` of his own says how it was. Otherwise a new name holds from `day` on,
    and the old one is kept: a unit that is read, renamed and put back loses nothing.
    """
    names = given.names
    if before and names in ((), before.names):
        names = before.names if given.name == before.name else _renamed(given, before, day)
    if names and names[-1].name == given.name:
        present = names[-1].model_copy(update={"short_name": given.short_name})
        names = (*names[:-1], present)
    return given.model_copy(update={"names": names})


def faults(
    entry: Unit | Column | Campaign, units: Mapping[str, Unit], day: date, at: str = ""
) -> list[FieldError]:
    """Find what is wrong with an entry; `units` are all that there will be, itself among them.

    `at` is the JSON pointer of the entry in what was handed in.
    """
    match entry:
        case Unit():
            return [*_faulty_names(entry, day, at), *_faulty_succession(entry, units, at)]
        case Campaign():
            return [
                _unknown_unit(unit, f"{at}/expected_units/{place}")
                for place, unit in enumerate(entry.expected_units)
                if unit not in units
            ]
    return []


def _renamed(given: Unit, before: Unit, day: date) -> tuple[UnitName, ...]:
    former = before.names or (_named(before, None),)
    if former[-1].from_ == day:
        former = former[:-1]  # of two names on one day the first was a slip
    if former and former[-1].name == given.name:
        return former
    return (*former, _named(given, day))


def _named(unit: Unit, day: date | None) -> GivenName:
    return GivenName.model_validate({"name": unit.name, "short_name": unit.short_name, "from": day})


def _faulty_names(unit: Unit, day: date, at: str) -> Iterator[FieldError]:
    if len(unit.names) > MOST_NAMES:
        detail = said("a unit has at most {most} names", most=MOST_NAMES)
        yield FieldError(f"{at}/names", detail, "too_long")
    if unit.names and unit.names[-1].name != unit.name:
        detail = said("the last of `names` must be the present one, as in `name`")
        yield FieldError(f"{at}/names/{len(unit.names) - 1}/name", detail, "present_name")
    for place, each in enumerate(unit.names):
        if wrong := _wrong_beginning(each, unit.names[place - 1] if place else None, day):
            yield FieldError(f"{at}/names/{place}/from", wrong, "from")


def _wrong_beginning(name: UnitName, earlier: UnitName | None, day: date) -> Said | None:
    if name.from_ is None:
        return said("only the first name may be without a day") if earlier else None
    if name.from_ > day:
        return said("a name can't hold from a day to come: hand it in on that day")
    if earlier and earlier.from_ and name.from_ <= earlier.from_:
        return said("names stand in the order of time, the oldest first")
    return None


def _faulty_succession(unit: Unit, units: Mapping[str, Unit], at: str) -> Iterator[FieldError]:
    for place, code in enumerate(unit.succeeds):
        pointer = f"{at}/succeeds/{place}"
        if code == unit.code:
            yield FieldError(pointer, said("a unit can't succeed itself"), "itself")
        elif code not in units:
            yield _unknown_unit(code, pointer)
        elif unit.code in stands_for(code, units):
            detail = said(
                "{code} succeeds {unit} itself, directly or by others", code=code, unit=unit.code
            )
            yield FieldError(pointer, detail, "cycle")


def _unknown_unit(unit: str, pointer: str) -> FieldError:
    return FieldError(pointer, said("there is no unit {unit}", unit=unit), "unknown")
