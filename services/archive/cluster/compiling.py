"""Queries in OpenSearch's language."""

from typing import Any as Anything

from services.archive.cluster.nodes import Json
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


def compiled(query: Query, boost: float = 1.0) -> Json:
    """Say a query to OpenSearch, with its score multiplied."""
    match query:
        case Term(field, value):
            return {"term": {field: {"value": value, "boost": boost}}}
        case AnyOf(field, values):
            # Tantivy gives each the same score, whatever the value: so does a filter.
            return _constant({"terms": {field: sorted(values)}}, boost)
        case Phrase(field, words):
            return {"match_phrase": {field: {"query": " ".join(words), "boost": boost}}}
        case Published():
            return _constant({"range": {"published": _bounds(query)}}, boost)
        case Boosted(inner, by):
            return compiled(inner, boost * by)
        case Unscored(inner):
            return _constant(compiled(inner), 0.0)
        case Any(queries):
            some = [compiled(each) for each in queries]
            return {"bool": {"should": some, "minimum_should_match": 1, "boost": boost}}
        case All():
            return {"bool": {**_clauses(query), "boost": boost}}


def _clauses(query: All) -> dict[str, Anything]:
    return {
        "must": [compiled(each) for each in query.queries if not isinstance(each, Unscored)],
        "filter": [compiled(each.query) for each in query.queries if isinstance(each, Unscored)],
        "must_not": [compiled(each) for each in query.but],
        "should": [compiled(each) for each in query.better],
        "minimum_should_match": 0,
    }


def _constant(query: Json, score: float) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}


def _bounds(query: Published) -> Json:
    return {
        **({"gte": microseconds(query.since)} if query.since else {}),
        **({"lt": microseconds(query.until)} if query.until else {}),
    }
