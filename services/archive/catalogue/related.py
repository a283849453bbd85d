"""Related news (tin liên quan): which terms to look for, and what to show of what they find."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import islice

from schemas.article import Article
from services.archive.engine.query import Any, Boosted, Query, Term
from services.archive.language.terms import as_written, plain, terms_of

_TERMS = (
    100  # more of them bring noise and cost time, fewer miss: measured by bench/related_eval.py
)
_LEAST_DOCUMENTS = 2  # a term that only this article has finds nothing
_COPY = 0.8  # Jaccard likeness of terms above which two articles tell the same in the same words
_FRESH = 0.1  # at most this much is added to the score of what is new
_HALF_LIFE = 90 * 86_400_000_000  # microseconds
_REASONS = 3


@dataclass(frozen=True)
class Candidate:
    """An article that shares terms, and how much."""

    article: Article
    score: float


@dataclass(frozen=True)
class Related:
    """A related article, and the terms that say why, as the article itself writes them."""

    article: Article
    score: float
    why: list[str]


def weigh(
    counts: Mapping[str, int], frequencies: Mapping[str, int], documents: int
) -> dict[str, float]:
    """Choose the terms that tell an article from others, and weigh them: tf-idf, best first.

    `frequencies` tell in how many of all `documents` a term is.
    """
    weights = {}
    for term, count in counts.items():
        frequent = frequencies[term]
        if frequent >= _LEAST_DOCUMENTS:
            rare = math.log(1 + documents / frequent)
            weights[term] = (1 + math.log(count)) * rare
    return dict(Counter(weights).most_common(_TERMS))


def like(weights: Mapping[str, float]) -> Query:
    """Articles that share terms, each counted by its weight."""
    return Any([Boosted(Term(field_of(term), term), by) for term, by in weights.items()])


def field_of(term: str) -> str:
    """Say in which field a term of `terms.py` stands."""
    return "pairs" if "_" in term else "words"


def freshness(age: int) -> float:
    """Say by how much to multiply the score of an article `age` microseconds old: a little more
    for what is new."""
    return float(1 + _FRESH * 0.5 ** (max(0, age) / _HALF_LIFE))


def choose(
    article: Article, ranked: Iterable[Candidate], weights: Mapping[str, float], limit: int
) -> list[Related]:
    """Take the best `limit` of the `ranked`, near-copies once; no more are read than needed."""
    chosen = list(islice(_without_copies(ranked), limit))
    spelling = as_written(f"{article.headline}\n{article.lead}\n{plain(article.body)}")
    return [
        Related(each.article, each.score, _written(_reasons(words, weights), spelling))
        for each, words in chosen
    ]


def _without_copies(ranked: Iterable[Candidate]) -> Iterator[tuple[Candidate, Set[str]]]:
    """Give each candidate with all of its terms, unless one like it was given before."""
    kept: list[Set[str]] = []
    for candidate in ranked:
        terms = terms_of(candidate.article).counted().keys()
        if all(_likeness(terms, other) <= _COPY for other in kept):
            kept.append(terms)
            yield candidate, terms


def _likeness(one: Set[str], other: Set[str]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def _reasons(terms: Set[str], weights: Mapping[str, float]) -> list[str]:
    """Name the weightiest terms that are shared: pairs first, as a syllable alone says little;
    each syllable once."""
    shared = [term for term in weights if term in terms]
    reasons: list[str] = []
    told: set[str] = set()
    for term in sorted(shared, key=lambda term: "_" not in term):
        syllables = term.split("_")
        if told.isdisjoint(syllables):
            reasons.append(term)
            told.update(syllables)
    return reasons[:_REASONS]


def _written(terms: list[str], spelling: Mapping[str, str]) -> list[str]:
    # Scripts that fold to other words than they write have no spelling here.
    return [spelling.get(term, term.replace("_", " ")) for term in terms]
