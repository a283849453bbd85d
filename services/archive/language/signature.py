"""The terms of an article in two and a half kilobytes: enough to say how alike two articles are.

A term is the hash of a word, or of a pair of neighbours, and its weight is how often the article
has it. News tells the most important things first (the inverted pyramid): headline and lead count
twice, and what stands far down a third. How rare a term is in all the paper is not in it, so
that a signature is the same whenever and wherever it is made, and never has to be made anew.
"""

import itertools
from dataclasses import dataclass
from uuid import UUID
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from services.archive.language.terms import Terms, pairs

Hashes = NDArray[np.uint32]
"""Odd ones are pairs."""
Numbers = NDArray[np.floating]

_FAR_DOWN = 200  # words of the body; those after them count a third
_TOP, _USUAL, _DEEP = 2.0, 1.0, 1 / 3
STEPS = 32
_ID = 16  # bytes
_ENTRY = 5  # bytes: a hash and a weight
_HALF = np.uint64(32)  # bits
_MOST_KNOWN = 50_000  # words whose hash is remembered


@dataclass(frozen=True)
class Signature:
    """What an article says: distinct terms, ascending, each with its weight in parts of `STEPS`."""

    article: bytes
    """Its id."""
    hashes: Hashes
    weights: NDArray[np.uint8]

    def to_bytes(self) -> bytes:
        """Write it: the article, all hashes, all weights."""
        return self.article + self.hashes.astype("<u4").tobytes() + self.weights.tobytes()


def read_signature(stored: bytes) -> Signature:
    """Read what `to_bytes` wrote."""
    count = (len(stored) - _ID) // _ENTRY
    hashes = np.frombuffer(stored, "<u4", count, _ID)
    return Signature(stored[:_ID], hashes, np.frombuffer(stored, np.uint8, count, _ID + 4 * count))


def signature_of(article: UUID, terms: Terms) -> Signature:
    """Make the signature of an article."""
    return _signed(article, terms)[0]


def signed(article: UUID, terms: Terms) -> tuple[Signature, list[str]]:
    """Make the signature of an article, and spell each of its terms."""
    signature, first = _signed(article, terms)
    parts = (terms.headline, terms.lead, terms.body)
    spelt = [*itertools.chain(*parts), *itertools.chain(*map(pairs, parts))]
    return signature, [spelt[place] for place in first.tolist()]


def _signed(article: UUID, terms: Terms) -> tuple[Signature, NDArray[np.intp]]:
    """Tell also where each term stands first, among all words and then all pairs."""
    parts = (terms.headline, terms.lead, terms.body)
    words = list(map(_hashed, parts))
    distinct, starts, places = _grouped(np.concatenate([*words, *map(_paired, words)]))
    counted = [np.full(len(part), _TOP) for part in parts[:2]] + [_places(len(terms.body))]
    each_time = np.concatenate([*counted, *(each[:-1] for each in counted)])
    counts = np.add.reduceat(each_time[places], starts) if len(places) else each_time
    signature = Signature(article.bytes, distinct, _dampened(counts.astype(np.float32)))
    return signature, places[starts]


def _grouped(hashes: Hashes) -> tuple[Hashes, NDArray[np.intp], NDArray[np.intp]]:
    """Sort, and tell where each distinct one begins and where all of them stood. As `np.unique`
    does, in a sixth of the time: with its place behind it each is one number."""
    numbered = np.sort(hashes.astype(np.uint64) << _HALF | np.arange(len(hashes), dtype=np.uint64))
    ascending = (numbered >> _HALF).astype(np.uint32)
    is_first = np.ones(len(ascending), np.bool_)
    is_first[1:] = ascending[1:] != ascending[:-1]
    places = (numbered & np.uint64(0xFFFF_FFFF)).astype(np.intp)
    starts = np.flatnonzero(is_first)
    return ascending[starts], starts, places


def hash_of(term: str) -> int:
    """Hash a word or a pair."""
    words = _hashed(term.split("_"))
    return int((words if len(words) == 1 else _paired(words))[0])


def _places(length: int) -> NDArray[np.float64]:
    weights = np.full(length, _USUAL)
    weights[_FAR_DOWN:] = _DEEP
    return weights


def _dampened(counts: Numbers) -> NDArray[np.uint8]:
    """The tenth mention says less than the first."""
    weights = np.where(counts < 1, counts, 1 + np.log(np.maximum(counts, 1)))
    steps: NDArray[np.uint8] = np.minimum(np.rint(weights * STEPS), 255).astype(np.uint8)
    return steps


class _Known(dict[str, int]):
    """Hashes of words; few words make up most of a text."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        self[word] = crc32(word.encode()) & ~1
        return self[word]


_KNOWN = _Known()


def _hashed(words: list[str]) -> Hashes:
    return np.fromiter(map(_KNOWN.__getitem__, words), np.uint32, len(words))


def _paired(words: Hashes) -> Hashes:
    # Two odd factors, so that `a b` is another pair than `b a`; the products wrap around.
    mixed = words[:-1] * np.uint32(2_654_435_761) ^ words[1:] * np.uint32(2_246_822_519)
    return mixed | np.uint32(1)
