"""The registry: units, columns and campaigns. Every change is an event."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from sqlalchemy import Connection, bindparam, insert, select, update

from schemas.events import CampaignChanged, ColumnChanged, Trace, UnitChanged
from schemas.registry import MOST_NAMES, Campaign, Column, Unit
from schemas.times import day_in_vietnam
from services.common.given import refused
from services.common.ids import new_id
from services.common.prepared import Prepared
from services.common.problems import FieldError, Problem, not_found
from services.common.said import said
from services.ingest.registry import rules as registry_rules
from services.ingest.registry.rules import GivenName
from services.ingest.relaying import outbox
from services.ingest.tables import registry

Kind = Literal["unit", "column", "campaign"]
Entry = Unit | Column | Campaign
Entries = Mapping[tuple[Kind, str], Entry]
"""The whole registry, by kind and code."""


class GivenUnit(Unit):
    """A unit as an admin hands it in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: Annotated[tuple[GivenName, ...], Field(max_length=MOST_NAMES)] = ()


class GivenColumn(Column):
    """A column as an admin hands it in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GivenCampaign(Campaign):
    """A campaign as an admin hands it in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_FIND = Prepared(
    select(registry.c.entry).where(
        registry.c.kind == bindparam("kind"), registry.c.code == bindparam("code")
    )
)

MODELS: dict[Kind, type[GivenUnit] | type[GivenColumn] | type[GivenCampaign]] = {
    "unit": GivenUnit,
    "column": GivenColumn,
    "campaign": GivenCampaign,
}


def code_of(entry: Entry) -> str:
    """The code by which articles name an entry."""
    return entry.code if isinstance(entry, Unit) else entry.slug


def kind_of(entry: Entry) -> Kind:
    """Tell which kind of entry it is."""
    match entry:
        case Unit():
            return "unit"
        case Column():
            return "column"
        case Campaign():
            return "campaign"


def add(conn: Connection, kind: Kind, entry: Entry, trace: Trace, now: datetime) -> Entry:
    """Add an entry; give it as stored. Raises Problem if its code is taken."""
    code = code_of(entry)
    if find(conn, kind, code) is not None:
        raise Problem("conflict", said("The code {code} is taken already.", code=code))
    checked = _checked(conn, entry, None, now)
    store(conn, checked, trace, now, new=True)
    return checked


def replace(
    conn: Connection, kind: Kind, code: str, entry: Entry, trace: Trace, now: datetime
) -> Entry:
    """Put an entry in the place of the one of the same code; give it as stored."""
    before = find(conn, kind, code)
    if before is None:
        raise not_found()
    if code_of(entry) != code:
        raise refused([FieldError("", said("a code never changes"), "code")])
    checked = _checked(conn, entry, before, now)
    store(conn, checked, trace, now, new=False)
    return checked


def store(conn: Connection, entry: Entry, trace: Trace, now: datetime, *, new: bool) -> None:
    """Write an entry that was found good, and its event."""
    kind, code = kind_of(entry), code_of(entry)
    values = {"entry": entry.model_dump_json(by_alias=True), "updated": now}
    if new:
        conn.execute(insert(registry).values(kind=kind, code=code, **values))
    else:
        place = (registry.c.kind == kind, registry.c.code == code)
        conn.execute(update(registry).where(*place).values(**values))
    outbox.add_registry(conn, _event(entry, trace, now))


def find(conn: Connection, kind: Kind, code: str) -> Entry | None:
    """Find an entry by its code."""
    for (stored,) in _FIND.rows(conn, kind=kind, code=code):
        return _read(kind, stored)
    return None


def everything(conn: Connection) -> Entries:
    """Read the whole registry."""
    rows = conn.execute(select(registry.c.kind, registry.c.code, registry.c.entry))
    return {(row.kind, row.code): _read(row.kind, row.entry) for row in rows}


def units_in(entries: Entries) -> dict[str, Unit]:
    """Give the units of a registry by their codes."""
    return {code: entry for (_, code), entry in entries.items() if isinstance(entry, Unit)}


def listed(conn: Connection, kind: Kind, after: str, limit: int) -> list[Entry]:
    """List entries by code, from after `after`."""
    rows = conn.scalars(
        select(registry.c.entry)
        .where(registry.c.kind == kind, registry.c.code > after)
        .order_by(registry.c.code)
        .limit(limit)
    )
    return [_read(kind, row) for row in rows]


def is_trusted(conn: Connection, unit: str, *, even_inactive: bool = False) -> bool:
    """Whether a unit's articles go out without review. Raises Problem if it is not active, unless
    that does not matter."""
    entry = find(conn, "unit", unit)
    assert isinstance(entry, Unit)
    if not (entry.active or even_inactive):
        raise Problem("forbidden", said("The unit {unit} is not active.", unit=unit))
    return entry.trusted


def check_codes(conn: Connection, column: str | None, campaigns: Sequence[str]) -> None:
    """Raise Problem where a submission names a column or campaign that does not exist."""
    errors = []
    if column is not None and find(conn, "column", column) is None:
        unknown = said("there is no column {column}", column=column)
        errors.append(FieldError("/column", unknown, "unknown"))
    for place, campaign in enumerate(campaigns):
        if find(conn, "campaign", campaign) is None:
            detail = said("there is no campaign {campaign}", campaign=campaign)
            errors.append(FieldError(f"/campaigns/{place}", detail, "unknown"))
    if errors:
        raise refused(errors)


def _checked(conn: Connection, entry: Entry, before: Entry | None, now: datetime) -> Entry:
    day = day_in_vietnam(now)
    units = units_in(everything(conn))
    if isinstance(entry, Unit):
        assert before is None or isinstance(before, Unit)
        entry = registry_rules.with_names_kept(entry, before, day)
        units[entry.code] = entry
    if errors := registry_rules.faults(entry, units, day):
        raise refused(errors)
    return entry


# By the stored text, so that it can't be stale; every submission looks up its unit and column.
@lru_cache(maxsize=4096)
def _read(kind: Kind, stored: str) -> Entry:
    return MODELS[kind].model_validate_json(stored)


def _event(
    entry: Entry, trace: Trace, now: datetime
) -> UnitChanged | ColumnChanged | CampaignChanged:
    match entry:
        case Unit():
            return UnitChanged(id=new_id(), time=now, producer="ingest", trace=trace, unit=entry)
        case Column():
            return ColumnChanged(
                id=new_id(), time=now, producer="ingest", trace=trace, column=entry
            )
        case Campaign():
            return CampaignChanged(
                id=new_id(), time=now, producer="ingest", trace=trace, campaign=entry
            )
