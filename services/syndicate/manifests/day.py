"""The day of a manifest: a day in UTC, which every partner's library knows alike."""

from datetime import UTC, date, datetime, time, timedelta

# Longer than any transaction lives: an entry that was stamped before midnight is there by then.
_SETTLED = timedelta(minutes=5)


def begin(day: date) -> datetime:
    """Give the first moment of the day."""
    return datetime.combine(day, time(), UTC)


def end(day: date) -> datetime:
    """Give the first moment after the day."""
    return begin(day) + timedelta(days=1)


def day_of(at: datetime) -> date:
    """Tell which day it is then."""
    return at.astimezone(UTC).date()


def is_complete(day: date, at: datetime) -> bool:
    """Whether nothing can be added to the day any more."""
    return at >= end(day) + _SETTLED


def written(at: datetime) -> str:
    """Write a time of UTC down (RFC 3339)."""
    return at.isoformat().replace("+00:00", "Z")
