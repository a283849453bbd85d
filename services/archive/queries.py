"""Questions, filters and terms as Tantivy queries."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from tantivy import FieldType, Occur, Query

from services.archive.documents import FACETS, SCHEMA, Kind, instant
from services.archive.filters import Filters
from services.archive.question import Phrase, Question
from services.archive.registry import Names
from services.archive.terms import pairs

# A word in the headline says more about an article than one in its text.
_HEADLINE, _LEAD, _SIDE_BY_SIDE = 3.0, 1.5, 2.0


def shown(article_id: UUID) -> Query:
    """The document that says how an article stands: its newest version, or how it ended."""
    kinds = _of_kind(Kind.CURRENT, Kind.NOTICE, Kind.EXPIRED, Kind.ERASED)
    return _all_of([versions(article_id), kinds])


def versions(article_id: UUID) -> Query:
    """Every document of an article."""
    return _term("key", str(article_id))


def readable_versions(article_id: UUID) -> Query:
    """Those documents of an article that have a text or a notice."""
    kinds = _of_kind(Kind.CURRENT, Kind.NOTICE, Kind.EARLIER)
    return _all_of([versions(article_id), kinds])


def erased() -> Query:
    """What is left of erased articles and versions."""
    return _of_kind(Kind.ERASED, Kind.FORGOTTEN)


def with_media(media_id: UUID) -> Query:
    """The articles that show a file now."""
    return _all_of([_term("kind", Kind.CURRENT), _term("media", str(media_id))])


def current() -> Query:
    """Every article that stands."""
    return _term("kind", Kind.CURRENT)


def found(question: Question, filters: Filters, names: Names) -> Query:
    """What a question finds among the articles that pass `filters`; these don't count for the
    score."""
    conditions = _all_of(_conditions(filters, names))
    clauses = [(Occur.Must, Query.const_score_query(conditions, 0.0))]
    if question.wanted:
        clauses.append((Occur.Must, _wanted(question, names)))
    clauses += [(Occur.MustNot, _phrase("words", phrase)) for phrase in question.unwanted]
    clauses += [(Occur.Should, each) for each in _preferences(question)]
    return Query.boolean_query(clauses)


def like(weights: Mapping[str, float]) -> Query:
    """Articles that share terms, each counted by its weight."""
    return Query.boolean_query(
        [
            (Occur.Should, Query.boost_query(_term(field_of(term), term, "freq"), weight))
            for term, weight in weights.items()
        ]
    )


def both(one: Query, other: Query) -> Query:
    """What matches two queries."""
    return _all_of([one, other])


def field_of(term: str) -> str:
    """Where a term of `terms.py` stands."""
    return "pairs" if "_" in term else "words"


def _of_kind(*kinds: Kind) -> Query:
    return Query.term_set_query(SCHEMA, "kind", list(kinds))


def _conditions(filters: Filters, names: Names) -> list[Query]:
    given = filters.model_dump(include=set(FACETS) - {"unit"}, exclude_none=True)
    conditions = [current(), *(_term(name, value) for name, value in given.items())]
    if filters.unit:
        conditions.append(_by(names.stands_for(filters.unit)))
    if filters.from_ or filters.to:
        conditions.append(
            Query.range_query(
                SCHEMA,
                "published",
                FieldType.Integer,
                instant(filters.from_) if filters.from_ else None,
                instant(filters.to) if filters.to else None,
                # `to` itself is out; without it there is no bound, which Tantivy calls inclusive.
                include_upper=filters.to is None,
            )
        )
    return conditions


def _wanted(question: Question, names: Names) -> Query:
    """Articles that have the words; where these name a unit, all of its articles after them."""
    with_words = _all_of([_phrase("words", phrase) for phrase in question.wanted])
    named = names.called(word for phrase in question.wanted for word in phrase)
    if not named:
        return with_words
    by_unit = Query.const_score_query(_by(named), 0.0)
    return Query.boolean_query([(Occur.Should, with_words), (Occur.Should, by_unit)])


def _by(units: Collection[str]) -> Query:
    return Query.term_set_query(SCHEMA, "unit", sorted(units))


def _preferences(question: Question) -> Iterator[Query]:
    for phrase in question.wanted:
        yield Query.boost_query(_phrase("headline", phrase), _HEADLINE)
        yield Query.boost_query(_phrase("lead", phrase), _LEAD)
    words = [word for phrase in question.wanted for word in phrase]
    for pair in pairs(words):
        yield Query.boost_query(_term("pairs", pair, "freq"), _SIDE_BY_SIDE)


def _phrase(field: str, phrase: Phrase) -> Query:
    if len(phrase) == 1:
        return _term(field, phrase[0], "position")
    return Query.phrase_query(SCHEMA, field, list(phrase))


def _term(field: str, value: str, option: str = "basic") -> Query:
    return Query.term_query(SCHEMA, field, value, option)


def _all_of(clauses: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, clause) for clause in clauses])
