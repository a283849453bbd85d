"""How often anyone may ask, and how often in anyone's name: counted in this process."""

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from services.common.problems import Problem
from services.common.said import said

_WINDOWS = 4096  # shared by all there are, so that no number of them takes more memory


class Rate:
    """Counts both who asks and whose callback is to be called: else we could be set on somebody."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = RateLimitItemPerMinute(per_minute)
        self._windows = FixedWindowRateLimiter(MemoryStorage())

    def take(self, kind: str, who: str) -> None:
        """Count a request. Raises Problem (429) for one too many."""
        window = f"{kind} {hash(who) % _WINDOWS}"
        if self._windows.hit(self._per_minute, window):
            return
        reset = self._windows.get_window_stats(self._per_minute, window).reset_time
        raise Problem(
            "too-many-requests",
            said("At most {quota} requests a minute.", quota=self._per_minute.amount),
            headers={"Retry-After": str(max(1, int(reset - time.time()) + 1))},
        )
