"""When a callback is called again. Pure, but for the dice."""

from datetime import datetime, timedelta
from random import SystemRandom

# Seconds after the first, second … failure in a row; the last one stays.
_PAUSES = (5, 30, 120, 600, 1800, 3600, 10_800)
_LONGEST_WISH = timedelta(days=1)  # of a Retry-After

_random = SystemRandom()


def next_try(at: datetime, failures: int, wish: timedelta | None = None) -> datetime:
    """Say when to try again after so many failures in a row, give or take a fifth.

    A subscriber's own wish is obeyed if it is longer, up to a day.
    """
    pause = timedelta(seconds=_PAUSES[min(failures, len(_PAUSES)) - 1] * _random.uniform(0.8, 1.2))
    return at + max(pause, min(wish or timedelta(), _LONGEST_WISH))
