"""What each way of pushing has to do: one parcel, one attempt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from schemas.article import Article
from schemas.partner import Entry, Format
from services.common.outgoing import BadStatus, OutgoingFailure, TargetRefused, TooSlow

MOST_SECONDS = 60.0
"""For one attempt, whatever the way: the engine ends it then, and counts it as not taken."""


@dataclass(frozen=True)
class Way:
    """Where a partner wants to have its articles. Never logged: it may hold secrets."""

    id: UUID
    partner: str
    kind: str
    format: Format
    target: str
    host: str
    settings: Mapping[str, Any]
    secrets: tuple[str, ...]
    """The newest first; more than one while an old one may still be used."""


@dataclass(frozen=True)
class Parcel:
    """One entry for one way, as things stand right before the attempt."""

    way: Way
    entry: Entry
    """The newest of its article at the partner; as in `changes`."""
    article: Article | None
    """The version that the entry is about. Nothing for `removed`, and once it was erased: formats
    other than JSON have another in its place then (see `stand_in`)."""
    message: str
    """The same on every attempt, and on no other parcel."""
    attempt: int
    """1, 2, 3…"""


class NotTaken(Exception):
    """The attempt came to nothing: it is made again later. `reason` is one of few words, such as
    `status_503` or `too_slow`; it is stored and told, so no word of the article may be in it."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


def kind_of(failure: OutgoingFailure) -> str:
    """Say in one of those words why a call came to nothing."""
    match failure:
        case BadStatus():
            return f"status_{failure.status}"
        case TargetRefused():
            return "address_refused"
        case TooSlow():
            return "too_slow"
        case _:
            return "no_answer"


class Gone(Exception):
    """The partner wants nothing more by this way: it is turned off."""


class Sender(Protocol):
    """Carries parcels by one kind of way; many at the same time, but never two of one article by
    the same way."""

    async def send(self, parcel: Parcel) -> None:
        """Return once the partner has it. It may have been sent before, with the same `message`:
        a process can die before it has stored that it was. Raises NotTaken, Gone."""
