"""Which seq were told so far: what is missing among them shows as a gap."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

# More gaps than that, and what came last is forgotten: it will be asked for again.
MOST_RANGES = 1000


@dataclass(frozen=True)
class Known:
    """Ranges of seq, both ends included, in order, with gaps between them."""

    ranges: tuple[tuple[int, int], ...] = ()

    @property
    def after(self) -> int:
        """The seq up to which all are known: go on from there."""
        return self.ranges[0][1] if self.ranges and self.ranges[0][0] == 1 else 0

    @property
    def last(self) -> int:
        """The highest that is known."""
        return self.ranges[-1][1] if self.ranges else 0

    def __contains__(self, seq: int) -> bool:
        # The last range that begins at or before it.
        place = bisect_right(self.ranges, seq, key=itemgetter(0))
        return place > 0 and seq <= self.ranges[place - 1][1]

    def gaps(self) -> Iterator[tuple[int, int]]:
        """Give what is missing below the highest."""
        before = 0
        for first, last in self.ranges:
            if first > before + 1:
                yield before + 1, first - 1
            before = last

    def plus(self, seqs: Iterable[int]) -> "Known":
        """Give what is known with these."""
        joined: list[tuple[int, int]] = []
        for first, last in sorted([*self.ranges, *((seq, seq) for seq in seqs)]):
            if joined and first <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(joined[-1][1], last))
            else:
                joined.append((first, last))
        return Known(tuple(joined[:MOST_RANGES]))
