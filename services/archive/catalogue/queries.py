"""Questions and filters as queries."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

from services.archive.catalogue.filters import Filters
from services.archive.catalogue.reading import Named, Reading
from services.archive.catalogue.registry import Names
from services.archive.engine.documents import FACETS, Kind
from services.archive.engine.query import (
    All,
    Any,
    AnyOf,
    Boosted,
    Phrase,
    Published,
    Query,
    Term,
    Unscored,
)
from services.archive.language.question import Clause
from services.archive.language.question import Phrase as Words

# A word in the headline says more about an article than one in its text.
_HEADLINE, _LEAD, _SIDE_BY_SIDE = 2.0, 2.0, 4.0
_AS_MARKED = 2.0


def with_media(media_id: UUID) -> Query:
    """The articles that show a file now."""
    return All([current(), Term("media", str(media_id))])


def translating(articles: Iterable[UUID]) -> Query:
    """The articles that are translations of one of these."""
    return All([current(), AnyOf("translation_of", frozenset(map(str, articles)))])


def replacing(article_id: UUID) -> Query:
    """The articles that stand in for one that was taken back."""
    return All([current(), Term("replaces", str(article_id))])


def current() -> Query:
    """Every article that stands."""
    return Term("kind", Kind.CURRENT)


def citing(number: str, filters: Filters, names: Names) -> Query:
    """The articles that name a document, by its slug, among those that pass `filters`."""
    return All([*_conditions(filters, names), Term("number", number)])


def found(reading: Reading, filters: Filters, names: Names) -> All:
    """What a question finds among the articles that pass `filters`; these don't count for the
    score."""
    conditions = list(_conditions(filters, names))
    wanted = list(map(_wanted, reading.wanted))
    # Only what stands has words and values: where any is looked for, that needs no asking.
    among = conditions if conditions or wanted else [current()]
    return All(
        [*([Unscored(All(among))] if among else []), *wanted],
        but=[_clause(each) for each in reading.unwanted],
    )


def ranked(reading: Reading, filters: Filters, names: Names) -> Query:
    """The same, the best first."""
    return replace(found(reading, filters, names), better=list(_preferences(reading)))


def _conditions(filters: Filters, names: Names) -> Iterator[Query]:
    given = filters.model_dump(include=set(FACETS) - {"unit"}, exclude_none=True)
    yield from (Term(name, value) for name, value in given.items())
    if filters.unit:
        yield AnyOf("unit", names.stands_for(filters.unit))
    if filters.from_ or filters.to:
        yield Published(filters.from_, filters.to)


def _wanted(part: Clause | Named) -> Query:
    """Articles that have the words; where these name a unit, those that name it otherwise, and all
    that are its own."""
    if isinstance(part, Clause):
        return _clause(part)
    typed = All([_clause(each) for each in part.typed])
    named = (_words("words", name) for name in part.names)
    return Any([typed, *named, Unscored(AnyOf("unit", part.codes))])


def _clause(clause: Clause) -> Query:
    ways: list[Query] = [_words("words", words) for words in (clause.words, *clause.others)]
    if clause.number:
        ways.append(Unscored(Term("number", clause.number)))
    return ways[0] if len(ways) == 1 else Any(ways)


def _preferences(reading: Reading) -> Iterator[Query]:
    for clause in reading.typed:
        yield Boosted(_words("headline", clause.words), _HEADLINE)
        yield Boosted(_words("lead", clause.words), _LEAD)
        yield from (Boosted(Term("marked", word), _AS_MARKED) for word in clause.marked)
    # Within a phrase they are side by side anyway.
    for one, other in pairwise(reading.typed):
        pair = f"{one.words[-1]}_{other.words[0]}"
        yield Boosted(Term("pairs", pair), _SIDE_BY_SIDE)


def _words(field: str, words: Words) -> Query:
    """Words side by side. In the text their pairs tell at once where to look: to compare the places
    of two frequent words in every article that has both takes a hundred times as long."""
    if len(words) == 1:
        return Term(field, words[0])
    if field != "words":
        return Phrase(field, words)
    neighbours = [Term("pairs", "_".join(pair)) for pair in pairwise(words)]
    if len(neighbours) == 1:
        return neighbours[0]
    return All([*neighbours, Unscored(Phrase(field, words))])
