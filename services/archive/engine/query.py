"""Queries as plain values: each engine says them in its own language, and finds the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True)
class Term:
    """Documents that have a value in a field; in a field of words it counts by BM25."""

    field: str
    value: str


@dataclass(frozen=True)
class AnyOf:
    """Documents that have one of the values in a field of exact values; all count alike."""

    field: str
    values: frozenset[str]


@dataclass(frozen=True)
class Phrase:
    """Documents that have these words side by side; two or more."""

    field: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Published:
    """Articles first published at `since` or later, and before `until`."""

    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Boosted:
    """What `query` finds, with its score multiplied."""

    query: "Query"
    by: float


@dataclass(frozen=True)
class Unscored:
    """What `query` finds, with nothing added to the score."""

    query: "Query"


@dataclass(frozen=True)
class All:
    """What each of `queries` finds and none of `but`; `better` finds nothing more, and adds to the
    score. There is at least one query."""

    queries: Sequence["Query"]
    but: Sequence["Query"] = ()
    better: Sequence["Query"] = ()


@dataclass(frozen=True)
class Any:
    """What one or more of `queries` find; their scores add up."""

    queries: Sequence["Query"]


Query: TypeAlias = Term | AnyOf | Phrase | Published | Boosted | Unscored | All | Any
