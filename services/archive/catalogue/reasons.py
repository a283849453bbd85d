"""Why an article is related: what both speak of, as the asking article writes it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.archive.catalogue.likeness import Asking, Columns
from services.archive.language.numbers import citations
from services.archive.language.terms import Spelling, pairs
from services.common.text import folded_words

_REASONS = 5
_TERMS = 20  # of which reasons are made, at most
_NAMES = 3  # of them, so that something is said of the matter too
_UPPER = "".join(c for c in map(chr, [*range(0x250), *range(0x1E00, 0x1F00)]) if c.isupper())
_NAME = re.compile(rf"[{_UPPER}][^\W_]*(?:[ .-]{{1,2}}[{_UPPER}0-9][^\W_]*)*")
_BEGINNING = re.compile(r"(?:^|[.!?…:\"“”\n]\s*)$")


@dataclass(frozen=True)
class Mention:
    """A name or a number in the text. Who has all terms of one of the `ways` mentions it too."""

    text: str
    ways: Sequence[Columns]

    def within(self, shared: Sequence[bool]) -> bool:
        """Whether an article that shares these terms mentions it."""
        return any(all(shared[place] for place in way) for way in self.ways)


@dataclass(frozen=True)
class Reasons:
    """Says why others are related to what asks, whose text this is."""

    text: str
    asking: Asking

    def of(self, shared: NDArray[np.bool_]) -> list[str]:
        """Name what an article shares whose terms are in `shared`: numbers of documents, units and
        names, the rarest first, then pairs of words, then words; no word twice."""
        reasons: list[str] = []
        told: set[str] = set()
        for text, words in self._candidates(shared):
            if told.isdisjoint(words):
                reasons.append(text or self._spelling.of(words))
                told.update(words)
            if len(reasons) == _REASONS:
                break
        return reasons

    def _candidates(self, shared: NDArray[np.bool_]) -> Iterator[tuple[str | None, list[str]]]:
        listed = shared.tolist()
        mentioned = (each for each in self._mentions if each.within(listed))
        for mention, _ in zip(mentioned, range(_NAMES), strict=False):
            yield mention.text, folded_words(mention.text)
        for place in self._best[shared[self._best]][:_TERMS]:
            words = self.asking.terms[place].split("_")
            yield None, words

    @cached_property
    def _best(self) -> NDArray[np.intp]:
        """The places of terms by weight, pairs first: a syllable alone says little."""
        weights = self.asking.weights * self.asking.rarity
        order = np.lexsort((-weights, ~self.asking.hashes & 1))
        return order[weights[order] > 0]

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling(self.text)

    @cached_property
    def _mentions(self) -> Sequence[Mention]:
        units = [Mention(each.name, [*each.own, *each.others]) for each in self.asking.entities]
        numbers = (self.text[each.start : each.end] for each in citations(self.text))
        return [*self._found(numbers), *units, *self._found(_names(self.text))]

    def _found(self, texts: Iterable[str]) -> list[Mention]:
        found = []
        for text in dict.fromkeys(texts):
            words = folded_words(text)
            terms = pairs(words) or words
            if terms and all(term in self._places for term in terms):
                found.append(Mention(text, [[self._places[term] for term in terms]]))
        rarity = self.asking.rarity
        return sorted(found, key=lambda mention: -float(rarity[mention.ways[0]].max()))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.asking.terms)}


def _names(text: str) -> Iterator[str]:
    """Find what is written like a name: a lone word that begins a sentence is none."""
    for found in _NAME.finditer(text):
        before = text[max(0, found.start() - 3) : found.start()]
        if len(found[0].split()) > 1 or not _BEGINNING.search(before):
            yield found[0]
