"""The registry: units, columns and campaigns. Every change is an event."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import ConfigDict
from sqlalchemy import Connection, bindparam, insert, select, update

from schemas.events import CampaignChanged, ColumnChanged, Trace, UnitChanged
from schemas.registry import Campaign, Column, Unit
from services.common.ids import new_id
from services.common.problems import FieldError, Problem, not_found
from services.common.said import said
from services.ingest import outbox
from services.ingest.submission import refused
from services.ingest.tables import registry

Kind = Literal["unit", "column", "campaign"]
Entry = Unit | Column | Campaign


class GivenUnit(Unit):
    """A unit as an admin hands it in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GivenColumn(Column):
    """A column as an admin hands it in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GivenCampaign(Campaign):
    """A campaign as an admin hands it in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_FIND = select(registry.c.entry).where(
    registry.c.kind == bindparam("kind"), registry.c.code == bindparam("code")
)

MODELS: dict[Kind, type[GivenUnit] | type[GivenColumn] | type[GivenCampaign]] = {
    "unit": GivenUnit,
    "column": GivenColumn,
    "campaign": GivenCampaign,
}


def code_of(entry: Entry) -> str:
    """The code by which articles name an entry."""
    return entry.code if isinstance(entry, Unit) else entry.slug


def add(conn: Connection, kind: Kind, entry: Entry, trace: Trace, now: datetime) -> None:
    """Add an entry. Raises Problem if its code is taken."""
    if find(conn, kind, code_of(entry)) is not None:
        raise Problem("conflict", said("The code {code} is taken already.", code=code_of(entry)))
    conn.execute(
        insert(registry).values(kind=kind, code=code_of(entry), entry=_dump(entry), updated=now)
    )
    outbox.add_registry(conn, _event(entry, trace, now))


def replace(
    conn: Connection, kind: Kind, code: str, entry: Entry, trace: Trace, now: datetime
) -> None:
    """Put an entry in the place of the one of the same code."""
    if find(conn, kind, code) is None:
        raise not_found()
    if code_of(entry) != code:
        raise refused([FieldError("", said("a code never changes"), "code")])
    conn.execute(
        update(registry)
        .where(registry.c.kind == kind, registry.c.code == code)
        .values(entry=_dump(entry), updated=now)
    )
    outbox.add_registry(conn, _event(entry, trace, now))


def find(conn: Connection, kind: Kind, code: str) -> Entry | None:
    """Find an entry by its code."""
    stored = conn.scalar(_FIND, {"kind": kind, "code": code})
    return None if stored is None else MODELS[kind].model_validate_json(stored)


def listed(conn: Connection, kind: Kind, after: str, limit: int) -> list[Entry]:
    """List entries by code, from after `after`."""
    rows = conn.scalars(
        select(registry.c.entry)
        .where(registry.c.kind == kind, registry.c.code > after)
        .order_by(registry.c.code)
        .limit(limit)
    )
    return [MODELS[kind].model_validate_json(row) for row in rows]


def is_trusted(conn: Connection, unit: str) -> bool:
    """Whether a unit's articles go out without review. Raises Problem if it is not active."""
    entry = find(conn, "unit", unit)
    assert isinstance(entry, Unit)
    if not entry.active:
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


def _dump(entry: Entry) -> str:
    return entry.model_dump_json(by_alias=True)


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
