"""A registry as one document: what it would add and change, decided purely."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from schemas.registry import Unit, stands_for
from services.common import document as common
from services.common.document import Plan, shown
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


def plan(given: GivenRegistry, known: Entries, day: date) -> Plan[Entry]:
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
    planned = common.plan({(kind_of(e), code_of(e)): e for e in after.values()}, known)
    # A unit stands for more units than any that it succeeds. Sorting leaves the rest as it was.
    ordered = sorted(planned.differences, key=lambda each: _heirs_later(each.after, units))
    return replace(planned, differences=tuple(ordered))


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
