"""What a partner is told, as it has just been decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from schemas.events import Trace
from schemas.partner import Kind


@dataclass(frozen=True)
class NewEntry:
    """An entry that has just been stored, for all that follows from it in the same transaction."""

    partner: str
    seq: int
    article: UUID
    version: int
    kind: Kind
    reason: str
    digest: str
    place: datetime
    """What orders it in the partner's feed."""
    at: datetime
    express: bool
    """Whether it overtakes what waits: a correction, a retraction, or urgency 1."""
    replay: bool
    trace: Trace


def told_again(row: Row[Any], at: datetime, trace: Trace, *, express: bool) -> NewEntry:
    """Make a replay of a stored entry, under its old seq: a row of `PARTNER_ENTRY`, with the
    `place` of `HOLDING`."""
    return NewEntry(
        partner=row.partner,
        seq=row.seq,
        article=row.article,
        version=row.version,
        kind=Kind(row.kind),
        reason=row.reason,
        digest=row.digest,
        place=row.place,
        at=at,
        express=express,
        replay=True,
        trace=trace,
    )
