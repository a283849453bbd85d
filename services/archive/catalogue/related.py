"""Related news (tin liên quan): what to look for, in which order to show it, and what not twice."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from services.archive.catalogue.likeness import Asking, Compared, likeness_of_terms
from services.archive.engine.query import Any, Boosted, Query, Term
from services.archive.language.signature import Numbers, Signature

_LOOKED_AT = 40  # of what the engine finds; more of them change nothing
_SPARE = 10  # beyond those that are shown: copies and the article itself fall away
_TERMS = 60  # fewer miss, more cost time
_CROWD = 0.3  # how much of an article's likeness to its neighbours counts against it
_FRESH = 0.1  # at most this part is added to the likeness of what is new
_HALF_LIFE = 90 * 86_400_000_000  # microseconds
_COPY = 0.8  # Jaccard likeness of terms above which two articles tell the same in the same words
_MAYBE_COPY = 0.5  # likeness by tf-idf, below which two articles are no copies
_SAME_EVENT = 0.25  # likeness above which two articles tell of the same event
_WORTH_TELLING = 0.25  # part of the best one's likeness from which on there is something to tell


def field_of(term: str) -> str:
    """Say in which field a term of `terms.py` stands."""
    return "pairs" if "_" in term else "words"


def rarity(frequencies: Sequence[int], documents: int, least: int) -> Numbers:
    """Say how rare terms are, from the number of documents that each is in: 0 for those in fewer
    than `least`, which find nothing."""
    found = np.array(frequencies, np.float64)
    rare = np.log1p(documents / np.maximum(found, 1))
    rarities: Numbers = np.where(found >= least, rare, 0).astype(np.float32)
    return rarities


def like(asking: Asking) -> Query | None:
    """Articles that share the weightiest terms, each counted by its weight; None if no term has
    any."""
    weights = _weights(asking)
    best = np.argsort(-weights, kind="stable")[:_TERMS].tolist()
    terms = [(asking.terms[place], float(weights[place])) for place in best if weights[place] > 0]
    if not terms:
        return None
    return Any([Boosted(Term(field_of(term), term), weight) for term, weight in terms])


def _weights(asking: Asking) -> Numbers:
    """Weigh the terms to look for: tf-idf; an entity's other name as if it were there once."""
    weights = asking.weights.copy()
    for entity in asking.entities:
        for name in entity.others:
            weights[name] = np.maximum(weights[name], 1)
    weighed: Numbers = weights * asking.rarity
    return weighed


def looked_at(limit: int) -> int:
    """Say how many candidates to compare."""
    return max(_LOOKED_AT, limit + _SPARE)


def freshness(age: float) -> float:
    """Say by how much to multiply the likeness of an article `age` microseconds old: a little more
    for what is new."""
    return 1 + _FRESH * math.exp2(-max(0, age) / _HALF_LIFE)


@dataclass(frozen=True)
class Ranking:
    """Candidates by score, the best first; all by their place in what was compared."""

    compared: Compared
    scores: Numbers
    order: Sequence[int]


def rank(compared: Compared, ages: Sequence[float]) -> Ranking:
    """Order what was compared: by likeness, a little by freshness, and against crowds."""
    fresh = np.array([freshness(age) for age in ages], np.float32)
    scores: Numbers = compared.likeness * fresh - _CROWD * compared.crowd
    return Ranking(compared, scores, np.argsort(-scores, kind="stable").tolist())


def chosen(
    ranking: Ranking, signatures: Sequence[Signature], limit: int, *, diverse: bool
) -> list[int]:
    """Choose what to show: near-copies once, and where wanted no event twice before there is
    nothing else to tell."""
    singles = _without_copies(ranking, signatures)
    return list(islice(_spread(ranking, singles) if diverse else singles, limit))


def _without_copies(ranking: Ranking, signatures: Sequence[Signature]) -> Iterator[int]:
    kept: list[int] = []
    for place in ranking.order:
        alike = (other for other in kept if ranking.compared.together[place, other] > _MAYBE_COPY)
        if all(likeness_of_terms(signatures[place], signatures[other]) <= _COPY for other in alike):
            kept.append(place)
            yield place


def _spread(ranking: Ranking, places: Iterator[int]) -> Iterator[int]:
    """Tell each event once, then the others again; what hardly belongs here comes last."""
    compared = ranking.compared
    worth = _WORTH_TELLING * float(compared.likeness.max(initial=0))
    told: list[int] = []
    again: list[int] = []
    for place in places:
        tells_news = all(compared.together[place, other] < _SAME_EVENT for other in told)
        if tells_news and compared.likeness[place] >= worth:
            told.append(place)
            yield place
        else:
            again.append(place)
    yield from again
