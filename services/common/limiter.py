"""How much each caller may ask: a sliding window, counted in this process."""

import math
import time
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address

from limits import RateLimitItemPerSecond, WindowStats
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from services.common.problems import Problem
from services.common.said import said

Headers = list[tuple[bytes, bytes]]

_BLOCK_KEPT = 1.0  # seconds
# Addresses share so many windows, so that no number of them takes more memory.
_STRANGERS = 1024


@dataclass(frozen=True)
class Allowance:
    """What was granted, and what is left."""

    granted: bool
    remaining: int
    reset: int
    """Seconds until there is more."""
    quota: int
    window: int
    policy: str

    @property
    def headers(self) -> Headers:
        """As draft-ietf-httpapi-ratelimit-headers has them since its 08."""
        policy = self.policy.encode()
        return [
            (b"ratelimit-policy", b'"%b";q=%d;w=%d' % (policy, self.quota, self.window)),
            (b"ratelimit", b'"%b";r=%d;t=%d' % (policy, self.remaining, self.reset)),
        ]

    @cached_property
    def problem(self) -> Problem:
        """The refusal."""
        detail = said("At most {quota} in {window} seconds.", quota=self.quota, window=self.window)
        return Problem("too-many-requests", detail, headers={"Retry-After": str(self.reset)})


@dataclass
class _Block:
    """What was taken from a window and not given out yet, and how the window was then."""

    left: int
    until: float
    window: WindowStats


class Limiter:
    """Grants `per_second` in the long run and `burst` at once, to each that asks.

    The window is as long as a burst takes at the sustained rate, so the two bounds are one: 1,000 a
    second with a burst of 5,000 is 5,000 in any 5 s. A burst is rounded up to whole seconds.
    `policy` says in answers who shares a window: those with the same key, for one.
    """

    def __init__(self, per_second: int, burst: int, policy: str = "key") -> None:
        self._policy = policy
        self._per_second = per_second
        # Taken from a window at once and given out one by one: `limits` takes a lock, looks at all
        # windows and starts a thread for every hit, which costs more than a submission.
        self._block = max(1, per_second // 20)
        self._blocks: dict[str, _Block] = {}
        window = max(1, math.ceil(burst / per_second))
        self._item = RateLimitItemPerSecond(per_second * window, window)
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())

    def take(self, who: str, cost: int = 1) -> Allowance:
        """Take `cost` (at most a burst) for `who`, all or nothing."""
        at = time.time()
        block = self._blocks.get(who)
        held = block.left if block and block.until > at else 0
        granted = held >= cost
        if block and granted:
            block.left -= cost
        else:
            granted, left = self._hit(who, cost, held)
            window = self._windows.get_window_stats(self._item, who)
            block = self._blocks[who] = _Block(left, at + _BLOCK_KEPT, window)
        return self._allowance(block, cost, at, granted=granted)

    def _hit(self, who: str, cost: int, held: int) -> tuple[bool, int]:
        """Say whether `cost` is granted, and how much is held afterwards."""
        for more in (self._block, 0):
            if self._windows.hit(self._item, who, cost=cost - held + more):
                return True, more
        return False, held

    def _allowance(self, block: "_Block", cost: int, at: float, *, granted: bool) -> Allowance:
        left = block.window
        wait = left.reset_time - at
        if not granted:
            wait = max(wait, (cost - left.remaining) / self._per_second)
        return Allowance(
            granted,
            left.remaining + block.left,
            math.floor(max(0.0, wait)) + 1,  # just at the end of a window there is nothing yet
            self._item.amount,
            self._item.get_expiry(),
            self._policy,
        )


def stranger(host: str | None) -> str:
    """Name a caller without a good key, by his address, for `take`."""
    return f"stranger {hash(_network(host or '')) % _STRANGERS}"


def _network(host: str) -> IPv4Address | IPv6Address | str | int:
    """Of IPv6 the first half: who has one address has all of its network."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return int(address) >> 64 if address.version == 6 else address
