"""When a feed is polled again. Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST_BACKOFF = timedelta(hours=6)
_LONGEST_RETRY_AFTER = timedelta(days=7)


def after_success(now: datetime, interval: float, jitter: float) -> datetime:
    """`jitter` is around 1: units whose feeds were read together drift apart."""
    return now + timedelta(seconds=interval * jitter)


def after_failure(
    now: datetime, interval: float, failures: int, retry_after: datetime | None, jitter: float
) -> datetime:
    """Wait twice as long at each failure, up to 6 h; never less than the site asked for."""
    pause = timedelta(seconds=interval * 2 ** min(failures - 1, 20))
    backoff = now + min(pause, max(_LONGEST_BACKOFF, timedelta(seconds=interval))) * jitter
    if retry_after is None:
        return backoff
    return max(backoff, min(retry_after, now + _LONGEST_RETRY_AFTER))


def retry_after(header: str | None, now: datetime) -> datetime | None:
    """Read `Retry-After` (RFC 9110, section 10.2.3): seconds or a date; None for anything else."""
    if header is None:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return now + min(timedelta(seconds=int(header.strip()[:9])), _LONGEST_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
