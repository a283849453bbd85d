"""Which of a feed's entries it shows: the newest, for as long as they are not too old.

An edition is what all feeds show within one hour. It holds until the hour is over, so it leaves out
what would become too old in the meantime.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from typing import NamedTuple
from uuid import UUID

EDITION = timedelta(hours=1)

# So that ten thousand retractions at once don't make a feed of ten thousand entries.
_MOST_NOTICES = 10  # times the size of the feed


class Standing(NamedTuple):
    """A place in a feed, and who stands there. The greater is shown first."""

    place: datetime
    article: UUID
    version: int
    notice: bool
    """Whether the article was retracted."""


@dataclass(frozen=True)
class Periods:
    """How long an entry is shown at most; for ever by default."""

    articles: timedelta | None = None
    """From the first publication."""
    notices: timedelta | None = None
    """From the retraction."""

    def too_old(self, hour: datetime | None, *, notice: bool) -> datetime | None:
        """Give the last place that the edition of `hour` does not show any more."""
        period = self.notices if notice else self.articles
        return None if hour is None or period is None else last_left(hour, period)


def hour_of(at: datetime) -> datetime:
    """Give the hour that an instant is in."""
    return at.replace(minute=0, second=0, microsecond=0)


def last_left(hour: datetime, period: timedelta) -> datetime:
    """Give the last instant that is `period` ago before the edition of `hour` is over."""
    return hour + EDITION - period


def most_notices(size: int) -> int:
    """How many notices a feed of that size may have to show."""
    return size * _MOST_NOTICES


def shown(articles: Sequence[Standing], notices: Sequence[Standing], size: int) -> list[Standing]:
    """Give the newest `size` of both, or more, back to so many articles as fill half of that.

    When very many articles are retracted at once, their notices would leave no room for articles,
    and would push each other out before every reader has seen them. Both are given the newest
    first: at most `size` articles and `most_notices` notices.
    """
    if not notices:
        return list(articles[:size])
    newest = list(merge(articles, notices, reverse=True))
    kept = articles[: (size + 1) // 2]
    if len(kept) * 2 < size:  # there are no more, and room for every notice
        return newest
    return newest[: max(size, newest.index(kept[-1]) + 1)]
