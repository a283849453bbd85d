"""A registry as one document: what it would add and change, decided purely."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from schemas.registry import Unit, stands_for
from services.common.given import Given, refused
from services.common.problems import FieldError
from services.common.said import said
from services.ingest.registry import rules as registry_rules
from services.ingest.registry.entries import (
    Entries,
    Entry,
    GivenCampaign,
    GivenColumn,
    GivenUnit,
    Kind,
    code_of,
    kind_of,
    units_in,
)

_MOST = 5000  # of a kind


class GivenRegistry(Given):
    """Units, columns and campaigns as an admin hands them in, each of them whole."""

    units: Annotated[list[GivenUnit], Field(max_length=_MOST)] = []
    columns: Annotated[list[GivenColumn], Field(max_length=_MOST)] = []
    campaigns: Annotated[list[GivenCampaign], Field(max_length=_MOST)] = []

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Give each entry with its JSON pointer."""
        lists: dict[str, Sequence[Entry]] = {
            "units": self.units,
            "columns": self.columns,
            "campaigns": self.campaigns,
        }
        for name, entries in lists.items():
            yield from ((f"/{name}/{place}", entry) for place, entry in enumerate(entries))


@dataclass(frozen=True)
class Difference:
    """An entry that would be added (`before` is None) or changed."""

    before: Entry | None
    after: Entry

    @property
    def fields(self) -> dict[str, dict[str, Any]]:
        """The fields that differ, by name: `{before, after}`."""
        before, after = shown(self.before) if self.before else {}, shown(self.after)
        return {
            name: {"before": before.get(name), "after": value}
            for name, value in after.items()
            if before.get(name) != value
        }


@dataclass(frozen=True)
class Plan:
    """What applying a document does."""

    differences: tuple[Difference, ...]
    """In an order in which each entry names only what is there."""
    unchanged: int
    not_in_document: tuple[tuple[Kind, str], ...]
    """Left as it is: nothing is ever deleted."""

    def body(self, *, dry_run: bool) -> dict[str, Any]:
        """Give the answer's JSON."""
        added = [each.after for each in self.differences if each.before is None]
        changed = [each for each in self.differences if each.before is not None]
        return {
            "dry_run": dry_run,
            "added": [_named(entry) | {"entry": shown(entry)} for entry in added],
            "changed": [_named(each.after) | {"fields": each.fields} for each in changed],
            "unchanged": self.unchanged,
            "not_in_document": [
                {"kind": kind, "code": code} for kind, code in self.not_in_document
            ],
        }


def plan(given: GivenRegistry, known: Entries, day: date) -> Plan:
    """Work out what `given` adds to and changes in what is `known`. Raises Problem (422) with a
    pointer for each fault of any entry: all of it holds, or nothing is done."""
    after = {
        at: _settled(entry, known.get((kind_of(entry), code_of(entry))), day)
        for at, entry in given.entries()
    }
    units = units_in(known) | {e.code: e for e in after.values() if isinstance(e, Unit)}
    errors = list(_doubles(after))
    for at, entry in after.items():
        errors += registry_rules.faults(entry, units, day, at)
    if errors:
        raise refused(errors)
    by_place = {(kind_of(entry), code_of(entry)): entry for entry in after.values()}
    every = [Difference(known.get(place), entry) for place, entry in by_place.items()]
    differences = [each for each in every if each.before is None or each.fields]
    # A unit stands for more units than any that it succeeds. Sorting leaves the rest as it was.
    differences.sort(key=lambda each: _heirs_later(each.after, units))
    others = tuple(sorted(known.keys() - by_place.keys()))
    return Plan(tuple(differences), len(every) - len(differences), others)


def shown(entry: Entry, *, briefly: bool = False) -> dict[str, Any]:
    """Give an entry as JSON values; `briefly` leaves out what is as it is by default."""
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=briefly)


def document(entries: Entries) -> dict[str, list[dict[str, Any]]]:
    """Give the whole registry as the document that changes nothing."""
    listed: dict[str, list[dict[str, Any]]] = {"units": [], "columns": [], "campaigns": []}
    for (kind, _), entry in sorted(entries.items(), key=lambda each: each[0]):
        listed[f"{kind}s"].append(shown(entry, briefly=True))
    return listed


def _settled(entry: Entry, before: Entry | None, day: date) -> Entry:
    if not isinstance(entry, Unit):
        return entry
    assert before is None or isinstance(before, Unit)
    return registry_rules.with_names_kept(entry, before, day)


def _doubles(entries: dict[str, Entry]) -> Iterator[FieldError]:
    seen: dict[tuple[Kind, str], str] = {}
    for at, entry in entries.items():
        first = seen.setdefault((kind_of(entry), code_of(entry)), at)
        if first != at:
            field = "code" if isinstance(entry, Unit) else "slug"
            detail = said("{code} stands in it twice", code=code_of(entry))
            yield FieldError(f"{at}/{field}", detail, "twice")


def _heirs_later(entry: Entry, units: dict[str, Unit]) -> tuple[bool, int]:
    """Units first, then what may name them."""
    if isinstance(entry, Unit):
        return False, len(stands_for(entry.code, units))
    return True, 0


def _named(entry: Entry) -> dict[str, Any]:
    return {"kind": kind_of(entry), "code": code_of(entry)}
