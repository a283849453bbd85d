"""Sides in turns: each answers the same things, and none has the machine at a better hour."""

import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean, quantiles
from typing import Any, TypeVar
from uuid import UUID

from bench.archive.asking import Subject
from bench.archive.peers.peer import Indexer, Item, Related
from schemas.article import Article
from services.archive.engine.documents import version_document

T = TypeVar("T")
_TOLD = 5000  # articles between two lines


@dataclass(frozen=True)
class Answers:
    """What a side said at first, and how long it took afterwards, in milliseconds."""

    found: Sequence[Any]
    took: Sequence[float]

    @property
    def p50(self) -> float:
        return quantiles(self.took, n=100)[49]

    @property
    def p99(self) -> float:
        return quantiles(self.took, n=100)[98]


def in_turns(
    sides: Mapping[str, Callable[[T], Any]], asked: Sequence[T], rounds: Mapping[str, int]
) -> dict[str, Answers]:
    """Ask every side everything: once to warm up, then as many rounds as `rounds` has for it, or
    one. Who comes first changes with every question."""
    found: dict[str, list[Any]] = {name: [] for name in sides}
    took: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for turn in range(1 + max(rounds.get(name, 1) for name in names)):
        tell(f"round {turn} of {len(asked)} for {', '.join(names)}")
        for number, each in enumerate(asked):
            first = number % len(names)
            for name in names[first:] + names[:first]:
                if turn > rounds.get(name, 1):
                    continue
                began = time.perf_counter()
                answer = sides[name](each)
                milliseconds = (time.perf_counter() - began) * 1000
                if turn:
                    took[name].append(milliseconds)
                else:
                    found[name].append(answer)
    return {name: Answers(found[name], took[name]) for name in names}


def tell(what: str) -> None:
    """Tell whoever waits how far it is."""
    print(f"{datetime.now(UTC):%H:%M:%S} {what}", file=sys.stderr, flush=True)


class Clock:
    """Indexes batches at several sides, in turns, each by a clock of its own."""

    def __init__(self, sides: Mapping[str, Indexer]) -> None:
        self._sides = sides
        self.seconds = dict.fromkeys(sides, 0.0)
        self.articles = 0

    def index(self, batch: Sequence[Article]) -> None:
        """Let each side take a batch; to bring it to their form takes no time."""
        items = [Item(each, version_document(each, newest=True)) for each in batch]
        self.articles += len(batch)
        if self.articles % _TOLD == 0:
            tell(f"{self.articles:,} articles")
        for name, side in self._sides.items():
            prepared = side.prepare(items)
            began = time.perf_counter()
            side.index(prepared)
            self.seconds[name] += time.perf_counter() - began

    def finish(self) -> None:
        """Let each side finish."""
        for name, side in self._sides.items():
            began = time.perf_counter()
            side.finish()
            self.seconds[name] += time.perf_counter() - began

    def rate(self, name: str) -> float:
        """Say how many articles a side took in a second."""
        return self.articles / self.seconds[name]


def quality(
    side: Related,
    found: Sequence[Any],
    asked: Sequence[Subject],
    wanted: Mapping[UUID, AbstractSet[UUID]],
) -> float:
    """Give the mean nDCG@5 of what people grouped together, the article itself left out."""
    return mean(
        _ndcg([id_ for id_ in side.ids(each) if id_ != of.article.id], wanted[of.article.id])
        for of, each in zip(asked, found, strict=True)
    )


def _ndcg(top: Sequence[UUID], wanted: AbstractSet[UUID]) -> float:
    gain = sum(1 / math.log2(n + 2) for n, each in enumerate(top[:5]) if each in wanted)
    return gain / sum(1 / math.log2(n + 2) for n in range(min(5, len(wanted))))
