"""What is seen where a text stood, and when we look again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.syndicate.circle.prints import TextPrint, likeness

SETTLED = timedelta(minutes=1)
"""After a partner's word: its caches may be behind it."""

# After the first, second … look that found no end.
_PAUSES = (
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
)
MOST_LOOKS = len(_PAUSES) + 1
"""For one occasion: a partner's word, or a deadline."""
_LONGEST_WISH = timedelta(days=1)  # of a Retry-After

_FEWEST_WORDS = 5
_GONE = (404, 410, 451)


class Seen(StrEnum):
    """What a look came to."""

    GONE = "gone"
    STANDING = "standing"
    UNCLEAR = "unclear"
    """There is something; whether it is the text can't be told."""
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Sighting:
    """What was seen, and how we know: no word of the text."""

    seen: Seen
    detail: str
    wish: timedelta | None = None
    """For how long the site wants to be left alone."""


def of_status(status: int, wish: timedelta | None) -> Sighting:
    """Judge an answer that is none of success."""
    seen = Seen.GONE if status in _GONE else Seen.UNREACHABLE
    return Sighting(seen, f"status {status}", wish)


def of_page(known: TextPrint | None, words: list[str]) -> Sighting:
    """Judge a page by its words."""
    if len(words) < _FEWEST_WORDS:
        return Sighting(Seen.UNCLEAR, "a page without text")
    if known is None or not known.whole:
        return Sighting(Seen.UNCLEAR, "nothing is left to compare it with")
    found = likeness(known, words)
    share = f"{found.whole:.0%} of its words"
    if found.headline:
        share += ", and its headline"
    return Sighting(Seen.STANDING if found.stands else Seen.GONE, share)


def next_look(sighting: Sighting, looks: int, at: datetime) -> datetime | None:
    """Say when to look again after so many looks; nothing if that was the last."""
    if sighting.seen is Seen.GONE or looks >= MOST_LOOKS:
        return None
    pause = _PAUSES[max(looks, 1) - 1]
    return at + max(pause, min(sighting.wish or timedelta(), _LONGEST_WISH))
