"""Questions and filters as queries."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from services.archive.catalogue.filters import Filters
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
from services.archive.language.question import Phrase as Words
from services.archive.language.question import Question
from services.archive.language.terms import pairs

# A word in the headline says more about an article than one in its text.
_HEADLINE, _LEAD, _SIDE_BY_SIDE = 3.0, 1.5, 2.0


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


def found(question: Question, filters: Filters, names: Names) -> Query:
    """What a question finds among the articles that pass `filters`; these don't count for the
    score."""
    queries: list[Query] = [Unscored(All(list(_conditions(filters, names))))]
    if question.wanted:
        queries.append(_wanted(question, names))
    return All(
        queries,
        but=[_words("words", words) for words in question.unwanted],
        better=list(_preferences(question)),
    )


def _conditions(filters: Filters, names: Names) -> Iterator[Query]:
    yield current()
    given = filters.model_dump(include=set(FACETS) - {"unit"}, exclude_none=True)
    yield from (Term(name, value) for name, value in given.items())
    if filters.unit:
        yield AnyOf("unit", names.stands_for(filters.unit))
    if filters.from_ or filters.to:
        yield Published(filters.from_, filters.to)


def _wanted(question: Question, names: Names) -> Query:
    """Articles that have the words; where these name a unit, all of its articles after them."""
    with_words = All([_words("words", words) for words in question.wanted])
    named = names.called(word for words in question.wanted for word in words)
    if not named:
        return with_words
    return Any([with_words, Unscored(AnyOf("unit", frozenset(named)))])


def _preferences(question: Question) -> Iterator[Query]:
    for words in question.wanted:
        yield Boosted(_words("headline", words), _HEADLINE)
        yield Boosted(_words("lead", words), _LEAD)
    typed = [word for words in question.wanted for word in words]
    for pair in pairs(typed):
        yield Boosted(Term("pairs", pair), _SIDE_BY_SIDE)


def _words(field: str, words: Words) -> Query:
    """Words side by side. In the text their pairs tell at once where to look: to compare the places
    of two frequent words in every article that has both takes a hundred times as long."""
    if len(words) == 1:
        return Term(field, words[0])
    if field != "words":
        return Phrase(field, words)
    neighbours = [Term("pairs", pair) for pair in pairs(list(words))]
    if len(neighbours) == 1:
        return neighbours[0]
    return All([*neighbours, Unscored(Phrase(field, words))])
