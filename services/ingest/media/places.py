"""How many uploads go on at once, in all and of one unit: who is slow must not hold up the rest."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from services.common.database import Overloaded

AT_ONCE = 16
OF_ONE = 8


class Places:
    """Places at the desk; nobody waits for one."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one_for(self, who: str) -> Iterator[None]:
        """Take a place for as long as the body runs. Raises Overloaded where there is none."""
        if self._taken.total() >= AT_ONCE or self._taken[who] >= OF_ONE:
            raise Overloaded
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken[who] -= 1
            self._taken += Counter()  # forgets who has none
