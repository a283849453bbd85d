"""When a callback is called again. Pure, but for the dice."""

from datetime import datetime, timedelta
from random import SystemRandom

# Seconds after the first, second … failure in a row; the last one stays.
_PAUSES = (5, 30, 120, 600, 1800, 3600, 10_800)
_LONGEST_WISH = 86_400  # seconds of a Retry-After that are obeyed

_random = SystemRandom()


def next_try(at: datetime, failures: int, retry_after: str | None = None) -> datetime:
    """Say when to try again after so many failures in a row, give or take a fifth.

    A subscriber's own `Retry-After` is obeyed, if it is a number of seconds and longer.
    """
    pause = _PAUSES[min(failures, len(_PAUSES)) - 1] * _random.uniform(0.8, 1.2)
    if retry_after and retry_after.isascii() and retry_after.isdigit():
        pause = max(pause, min(int(retry_after[:9]), _LONGEST_WISH))
    return at + timedelta(seconds=pause)
