"""A document of entries that an admin hands in: what it would add and change. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

EntryT = TypeVar("EntryT", bound=BaseModel)

Place = tuple[str, str]
"""The kind and the code of an entry."""
PlaceT = TypeVar("PlaceT", bound=Place)


@dataclass(frozen=True)
class Difference(Generic[EntryT]):
    """An entry that would be added (`before` is None) or changed."""

    place: Place
    before: EntryT | None
    after: EntryT

    @property
    def fields(self) -> dict[str, dict[str, Any]]:
        """The fields that differ, by name: `{before, after}`. Those of a field that is itself made
        of fields have a name like `product.units`."""
        before = _flat(shown(self.before)) if self.before else {}
        after = _flat(shown(self.after))
        return {
            name: {"before": before.get(name), "after": after.get(name)}
            for name in before | after
            if before.get(name) != after.get(name)
        }


@dataclass(frozen=True)
class Plan(Generic[EntryT]):
    """What applying a document does."""

    differences: tuple[Difference[EntryT], ...]
    """In an order in which each entry names only what is there."""
    unchanged: int
    not_in_document: tuple[Place, ...]
    """Left as it is: nothing is ever deleted."""

    def body(self, *, dry_run: bool) -> dict[str, Any]:
        """Give the answer's JSON."""
        added = [each for each in self.differences if each.before is None]
        changed = [each for each in self.differences if each.before is not None]
        return {
            "dry_run": dry_run,
            "added": [_named(each.place) | {"entry": shown(each.after)} for each in added],
            "changed": [_named(each.place) | {"fields": each.fields} for each in changed],
            "unchanged": self.unchanged,
            "not_in_document": [_named(place) for place in self.not_in_document],
        }


def plan(after: Mapping[PlaceT, EntryT], known: Mapping[PlaceT, EntryT]) -> Plan[EntryT]:
    """Compare what a document has with what is known."""
    every = [Difference(place, known.get(place), entry) for place, entry in after.items()]
    differences = tuple(each for each in every if each.before is None or each.fields)
    others = tuple(sorted(known.keys() - after.keys()))
    return Plan(differences, len(every) - len(differences), others)


def shown(entry: BaseModel, *, briefly: bool = False) -> dict[str, Any]:
    """Give an entry as JSON values; `briefly` leaves out what is as it is by default."""
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=briefly)


def _named(place: Place) -> dict[str, str]:
    kind, code = place
    return {"kind": kind, "code": code}


def _flat(values: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{above}{name}.")
        else:
            found[above + name] = value
    return found
