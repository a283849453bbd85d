"""When a feed is polled again. Pure."""

from datetime import datetime, timedelta

_LONGEST_BACKOFF = timedelta(hours=6)
_LONGEST_WISH = timedelta(days=7)  # of a Retry-After


def after_success(now: datetime, interval: float, jitter: float) -> datetime:
    """`jitter` is around 1: units whose feeds were read together drift apart."""
    return now + timedelta(seconds=interval * jitter)


def after_failure(
    now: datetime, interval: float, failures: int, wish: timedelta | None, jitter: float
) -> datetime:
    """Wait twice as long at each failure, up to 6 h; never less than the site asked for."""
    pause = timedelta(seconds=interval * 2 ** min(failures - 1, 20))
    backoff = now + min(pause, max(_LONGEST_BACKOFF, timedelta(seconds=interval))) * jitter
    return max(backoff, now + min(wish or timedelta(), _LONGEST_WISH))
