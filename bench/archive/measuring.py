"""Sides in turns: each answers the same things, and none has the machine at a better hour."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from statistics import mean, quantiles
from typing import Any, TypeVar
from uuid import UUID

from bench.archive.asking import Subject
from bench.archive.peers.peer import Indexer, Item, Related
from schemas.article import Article
from services.archive.engine.documents import version_document

T = TypeVar("T")


@dataclass(frozen=True)
class Times:
    """How long answers took, in milliseconds."""

    took: Sequence[float]

    @property
    def p50(self) -> float:
        return quantiles(self.took, n=100)[49]

    @property
    def p99(self) -> float:
        return quantiles(self.took, n=100)[98]


def in_turns(
    sides: Mapping[str, Callable[[T], Any]], asked: Sequence[T], rounds: Mapping[str, int]
) -> dict[str, Times]:
    """Ask every side everything: once to warm up, then as many rounds as `rounds` has for it, or
    one. Who comes first changes with every question."""
    took: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for turn in range(1 + max(rounds.get(name, 1) for name in names)):
        for number, each in enumerate(asked):
            first = number % len(names)
            for name in names[first:] + names[:first]:
                if turn > rounds.get(name, 1):
                    continue
                began = time.perf_counter()
                sides[name](each)
                if turn:
                    took[name].append((time.perf_counter() - began) * 1000)
    return {name: Times(each) for name, each in took.items()}


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
    side: Related, wanted: Mapping[UUID, AbstractSet[UUID]], asked: Sequence[Subject]
) -> float:
    """Give the mean nDCG@5 of what people grouped together, the article itself left out."""
    return mean(
        _ndcg(_others(side, each)[:5], wanted[each.article.id])
        for each in asked
        if each.article.id in wanted
    )


def _others(side: Related, subject: Subject) -> list[UUID]:
    return [each for each in side.ids(side.related(subject)) if each != subject.article.id]


def _ndcg(top: list[UUID], wanted: AbstractSet[UUID]) -> float:
    gain = sum(1 / math.log2(n + 2) for n, each in enumerate(top) if each in wanted)
    return gain / sum(1 / math.log2(n + 2) for n in range(min(5, len(wanted))))
