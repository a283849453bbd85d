"""`Retry-After` of other people's servers (RFC 9110, section 10.2.3). Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def wish_of(retry_after: str | None, at: datetime) -> timedelta | None:
    """Say for how long, from `at` on, a server wants to be left alone: a number of seconds or a
    date; nothing for anything else. It may be years, or over already: whoever asks sets bounds."""
    given = (retry_after or "").strip()
    if given.isascii() and given.isdigit():
        return timedelta(seconds=int(given[:9]))
    try:
        until = parsedate_to_datetime(given)
        return (until if until.tzinfo else until.replace(tzinfo=UTC)) - at
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
