"""When a delivery is tried again, and for how long a way that fails is left alone. Pure, but for
the dice."""

from datetime import datetime, timedelta
from random import SystemRandom

# Seconds after the first, second … failure of one delivery; then it has failed. Three days and a
# quarter in all.
_PAUSES = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
# Seconds without any attempt after so many failures of a way in a row; the last one stays. One
# delivery that fails alone must not hold up the others: the first few cost nothing.
_RESTS = (0, 0, 1, 5, 15, 30, 60)
_LONGEST_WISH = timedelta(days=1)  # of a Retry-After
_LONGEST_REST = timedelta(hours=1)
# A way that has taken nothing for so long, however often it was tried, is turned off.
PATIENCE = timedelta(days=5)
_AT_LEAST = 10  # failures
OUTAGE = 5
"""So many failures in a row, and it wasn't the one delivery: after it nothing needs to wait."""

_random = SystemRandom()


def next_attempt(at: datetime, attempts: int, wish: timedelta | None = None) -> datetime | None:
    """Say when to try a delivery again after so many attempts, give or take a tenth; nothing when
    that was the last one. A partner's own wish is obeyed if it is longer, up to a day."""
    if attempts > len(_PAUSES):
        return None
    pause = timedelta(seconds=_PAUSES[attempts - 1] * _random.uniform(0.9, 1.1))
    return at + max(pause, min(wish or timedelta(), _LONGEST_WISH))


def rest_until(at: datetime, failures: int, wish: timedelta | None = None) -> datetime:
    """Say until when a way is left alone after so many failures in a row."""
    pause = timedelta(seconds=_RESTS[min(failures, len(_RESTS)) - 1])
    return at + max(pause, min(wish or timedelta(), _LONGEST_REST))


def is_hopeless(at: datetime, failures: int, since: datetime) -> bool:
    """Whether a way that has failed so often, since then, should be turned off."""
    return failures >= _AT_LEAST and at - since >= PATIENCE
