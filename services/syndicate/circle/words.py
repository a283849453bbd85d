"""What a partner says of what it got, and what that means. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from schemas.text import Url
from services.common.given import Given


class Word(StrEnum):
    """What a partner did with a version."""

    RECEIVED = "received"
    """It is there, and no more."""
    APPLIED = "applied"
    """Its pages are as that version says; of a retraction: it was taken down."""
    REMOVED = "removed"
    """It was taken down."""
    REFUSED = "refused"
    """It was not applied, and won't be."""


class Acknowledgement(Given):
    """A partner's word on a version."""

    id: UUID
    version: int = Field(ge=1, lt=2**31)
    state: Word
    url: Url | None = None
    """Where the article stands, or stood."""


@dataclass(frozen=True)
class Earlier:
    """A word that was kept."""

    state: Word
    url: str | None


def repeats(said: Sequence[Earlier], word: Acknowledgement) -> bool:
    """Whether a word on a version only says again what was `said` of it, the newest last. Who
    received it has it for good: that may come late."""
    same_place = [each for each in said if word.url in (None, each.url)]
    if word.state is Word.RECEIVED:
        return any(each.state is Word.RECEIVED for each in same_place)
    others = [each for each in said if each.state is not Word.RECEIVED]
    return bool(others) and others[-1] in same_place and others[-1].state is word.state


def is_about(word: Acknowledgement, retraction: int) -> bool:
    """Whether a word that comes after a retraction is one on it. `applied` of an older version
    tells that a partner is behind; but what it took down is down, whichever version it names."""
    return word.version >= retraction or word.state is Word.REMOVED


def ends(word: Word) -> bool:
    """Whether a partner that says so of a retraction has done its part."""
    return word in (Word.APPLIED, Word.REMOVED)
