"""How alike articles are, from their signatures: the same on every engine.

The likeness of two articles is the cosine of their terms, weighted by tf-idf. Of the other articles
only signatures are at hand; how rare those of their terms are that the asking article has not, is
taken to be what is typical of words, or of pairs, in the asking one. (Looked up, it made no
difference on the stories that people grouped.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.archive.language.signature import STEPS, Hashes, Numbers, Signature

_BUCKETS = 2048
_TABLE = 1 << 16
_LAST = np.uint32(_TABLE - 1)
_MIX = np.uint32(2_654_435_769)  # 2**32 by the golden ratio: spreads hashes over buckets
_SIGN = np.uint32(1 << 31)  # of a number of 32 bits
_NEIGHBOURS = 10
# What an article has for itself counts less against it: much of it no other article has at all, and
# that says nothing.
_UNSHARED = 0.7

Columns = Sequence[int]
"""Places in `Asking`."""


@dataclass(frozen=True)
class Entity:
    """Something with several names: the asking article has all terms of each of `own`; who has all
    terms of one of `others` means the same. `name` is one of its own."""

    name: str
    own: Sequence[Columns]
    others: Sequence[Columns]


@dataclass(frozen=True)
class Asking:
    """The terms of the article that asks, ascending: how much it has of each, and how rare each is
    in all the paper. It may have nothing of a term, where only an entity's other name has it."""

    terms: Sequence[str]
    hashes: Hashes
    weights: Numbers
    rarity: Numbers
    entities: Sequence[Entity] = ()


@dataclass(frozen=True)
class Compared:
    """A row for each of the others."""

    likeness: Numbers
    """To the asking article: 0 to 1."""
    together: NDArray[np.float32]
    """To each other, a few hundredths to either side; 0 to themselves."""
    shared: NDArray[np.bool_]
    """Whether it has the term of a column."""

    @property
    def crowd(self) -> Numbers:
        """How alike an article is to those that are most like it. Reports of everyday things are
        like many others, and so come too near to everything (hubs): what is subtracted for that is
        called cross-domain similarity local scaling (Conneau et al., 2018, section 2.3)."""
        nearest = np.sort(self.together, axis=1)[:, -_NEIGHBOURS:]
        crowd: Numbers = np.maximum(nearest, 0).sum(axis=1) / _NEIGHBOURS
        return crowd


def compare(asking: Asking, others: Sequence[Signature]) -> Compared:
    """Compare one article with others, and these with each other."""
    count, sizes = len(others), [len(each.hashes) for each in others]
    rows = np.repeat(np.arange(count), sizes)
    hashes = np.concatenate([each.hashes for each in others])
    weights = np.concatenate([each.weights for each in others]) / np.float32(STEPS)
    places, at = _shared(asking, hashes)
    words, pairs = _typical(asking)
    rarity = np.array([words, pairs]).take(hashes & 1)
    rarity[places] = asking.rarity[at]
    values = weights * rarity
    lengths = np.sqrt(np.bincount(rows, values * values, count)).astype(np.float32)
    lengths[lengths == 0] = 1
    values /= np.repeat(lengths, sizes)

    grid = np.zeros((count, len(asking.hashes)), np.float32)
    grid[rows[places], at] = values[places]
    has = grid > 0
    _credit_other_names(grid, has, asking, lengths)
    own = asking.weights * asking.rarity
    likeness: Numbers = grid @ own / (np.linalg.norm(own) or 1)
    return Compared(likeness, _together(rows, hashes, values, count), has)


def _shared(asking: Asking, hashes: Hashes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find which of `hashes` are in what asks, and where: by a table of their last bits first."""
    table = np.zeros(_TABLE, bool)
    table[asking.hashes & _LAST] = True
    maybe = np.flatnonzero(table.take(hashes & _LAST))
    at = np.minimum(np.searchsorted(asking.hashes, hashes[maybe]), len(asking.hashes) - 1)
    same = asking.hashes[at] == hashes[maybe]
    return maybe[same], at[same]


def likeness_of_terms(one: Signature, other: Signature) -> float:
    """Say which part of all terms of two articles both have (Jaccard)."""
    shared = len(np.intersect1d(one.hashes, other.hashes, assume_unique=True))
    return shared / ((len(one.hashes) + len(other.hashes) - shared) or 1)


def _typical(asking: Asking) -> list[np.float32]:
    """How rare a word is, and a pair."""
    odd, own = (asking.hashes & 1).astype(bool), asking.weights > 0
    both = (asking.rarity[own & ~odd], asking.rarity[own & odd])
    return [np.float32(_UNSHARED * each.mean() if len(each) else 0) for each in both]


def _credit_other_names(
    grid: NDArray[np.float32], has: NDArray[np.bool_], asking: Asking, lengths: Numbers
) -> None:
    """Give who calls an entity by another name the terms of the name that the asking article has,
    as if it had written that once."""
    for entity in asking.entities:
        calls_it = np.zeros(len(grid), bool)
        for name in entity.others:
            calls_it |= has[:, name].all(axis=1)
        for name in entity.own:
            at = np.ix_(calls_it, np.array(name))
            grid[at] = np.maximum(grid[at], asking.rarity[name] / lengths[calls_it, None])


def _together(
    rows: NDArray[np.intp], hashes: Hashes, values: NDArray[np.float32], count: int
) -> NDArray[np.float32]:
    """Compare all with all. Terms share a few thousand buckets, with a random sign each, so that
    who meets there by chance adds nothing on average (Weinberger et al., 2009)."""
    mixed = hashes * _MIX
    signs = ~mixed << np.uint32(11) & _SIGN  # the bit behind those that tell the bucket
    signed = (values.view(np.uint32) ^ signs).view(np.float32)
    places = rows * _BUCKETS + (mixed >> np.uint32(21))
    sketch = np.bincount(places, signed, count * _BUCKETS).astype(np.float32)
    sketch = sketch.reshape(count, _BUCKETS)
    together: NDArray[np.float32] = sketch @ sketch.T
    np.fill_diagonal(together, 0)
    return together
