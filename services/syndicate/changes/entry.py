"""What a partner is told, as it has just been decided."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

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
