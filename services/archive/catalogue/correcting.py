"""Did you mean: a question with a slip put right, chosen by how often the texts say what."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.archive.catalogue import queries
from services.archive.engine.contract import View
from services.archive.language.phrases import whole, written
from services.archive.language.spelling import halves, slips, without_telex

_MOST_WORDS = 12  # of a question; a longer one was pasted, and has its slip elsewhere
_TELEX = 5.0  # how much likelier a forgotten input method is than a slip that gives the same
_MOST_TRIED = 4
_BESIDE = 2.0  # how much more than its own frequency that beside its neighbours says

Words = tuple[str, ...]


@dataclass(frozen=True)
class Correction:
    """`word` instead of the word at a place; two words, where a space was missing."""

    at: int
    words: Words
    weight: float


def corrections(words: Words, view: View) -> Sequence[Mapping[int, Words]]:
    """Give what to put for the words at which places, the likeliest first.

    Words that no text has are always replaced. Where there are none, one word is another than was
    meant: the one beside which its neighbours stand less than beside what it might have been.
    """
    if not 0 < len(words) <= _MOST_WORDS:
        return []
    frequencies = view.frequencies("words", sorted(set(words)))
    unknown = [at for at, word in enumerate(words) if not frequencies[word]]
    found = {at: _for_word(at, words, view) for at in unknown or range(len(words))}
    if not unknown:
        ranked = sorted((each for some in found.values() for each in some), key=_by_weight)
        return [{each.at: each.words} for each in ranked[:_MOST_TRIED]]
    if not all(found.values()):
        return []
    best = {at: some[0].words for at, some in found.items()}
    others = ({**best, each.at: each.words} for some in found.values() for each in some[1:])
    return [best, *others][:_MOST_TRIED]


def with_marks(words: Words, corrected: Mapping[int, Words], view: View) -> Mapping[int, Words]:
    """Write what was put for some of the words as headlines write it beside its neighbour; without
    marks where none does."""
    return {at: _written(at, words, instead, view) for at, instead in corrected.items()}


def _written(at: int, words: Words, instead: Words, view: View) -> Words:
    before, after = words[at - 1 : at] if at else (), words[at + 1 : at + 2]
    for phrase in ((*before, *instead)[-2:], (*instead, *after)[:2]):
        if len(phrase) == 2:
            said = view.vocabulary("phrase", whole(phrase), queries.current(), 1)
            if said:
                marked = tuple(written(said[0][0]).split())
                return marked if len(instead) == 2 else (marked[phrase.index(instead[0])],)
    return instead


def _for_word(at: int, words: Words, view: View) -> list[Correction]:
    """Weigh what one word may have been meant to be, the likeliest first."""
    word = words[at]
    single = sorted(slips(word) | {without_telex(word)} | {word})
    frequencies = view.frequencies("words", single)
    known: dict[Words, int] = {(each,): frequencies[each] for each in single if frequencies[each]}
    parted = view.frequencies("pairs", ["_".join(each) for each in sorted(halves(word))])
    known |= {tuple(pair.split("_")): count for pair, count in parted.items() if count}
    pairs = {each: _pairs(at, words, each) for each in known}
    beside = view.frequencies("pairs", sorted({pair for some in pairs.values() for pair in some}))
    weights = {
        each: math.log1p(count) + _BESIDE * sum(math.log1p(beside[pair]) for pair in pairs[each])
        for each, count in known.items()
    }
    if (telex := (without_telex(word),)) in weights and telex != (word,):
        weights[telex] += _TELEX
    least = weights.pop((word,), 0.0)
    found = [Correction(at, each, by - least) for each, by in weights.items() if by > least]
    return sorted(found, key=_by_weight)[:_MOST_TRIED]


def _pairs(at: int, words: Words, instead: Words) -> list[str]:
    """Give the pairs that words instead of that at a place make with its neighbours."""
    before = [f"{words[at - 1]}_{instead[0]}"] if at else []
    return before + [f"{instead[-1]}_{after}" for after in words[at + 1 : at + 2]]


def _by_weight(correction: Correction) -> float:
    return -correction.weight
