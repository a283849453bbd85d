"""Queries in Tantivy's language."""

from tantivy import FieldType, Occur
from tantivy import Query as Compiled

from services.archive.embedded.documents import SCHEMA, index_option
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
from services.common.instants import microseconds


def compiled(query: Query) -> Compiled:
    """Say a query to Tantivy."""
    match query:
        case Term(field, value):
            return Compiled.term_query(SCHEMA, field, value, index_option(field))
        case AnyOf(field, values):
            return Compiled.term_set_query(SCHEMA, field, sorted(values))
        case Phrase(field, words):
            return Compiled.phrase_query(SCHEMA, field, list(words))
        case Published():
            return _published(query)
        case Boosted(inner, by):
            return Compiled.boost_query(compiled(inner), by)
        case Unscored(inner):
            return Compiled.const_score_query(compiled(inner), 0.0)
        case Any(queries):
            return Compiled.boolean_query([(Occur.Should, compiled(each)) for each in queries])
        case All(queries, but, better):
            return Compiled.boolean_query(
                [
                    *((Occur.Must, compiled(each)) for each in queries),
                    *((Occur.MustNot, compiled(each)) for each in but),
                    *((Occur.Should, compiled(each)) for each in better),
                ]
            )


def _published(query: Published) -> Compiled:
    return Compiled.range_query(
        SCHEMA,
        "published",
        FieldType.Integer,
        microseconds(query.since) if query.since else None,
        microseconds(query.until) if query.until else None,
        # Without a bound there is none, which Tantivy calls inclusive.
        include_upper=query.until is None,
    )
