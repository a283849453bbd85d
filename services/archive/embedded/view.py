"""Questions to the embedded index."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from tantivy import DocAddress

from services.archive.articles.history import History
from services.archive.embedded.compiling import compiled
from services.archive.embedded.documents import histories_in
from services.archive.embedded.index import Index, kept, record, records
from services.archive.engine.contract import Hit, Sketch
from services.archive.engine.documents import Kind
from services.archive.engine.query import All, AnyOf, Query, Term

# How an article stands, and what of it may be read.
_STANDS = frozenset({Kind.CURRENT, Kind.NOTICE, Kind.EXPIRED, Kind.ERASED})
_READABLE = frozenset({Kind.CURRENT, Kind.NOTICE, Kind.EARLIER})

_ALIKE, _MOST_ALIKE = 10, 2000
_DIGITS = 5
"""Of a score. It is summed up in 32 bits, in an order that depends on where documents lie."""

_Scored = tuple[float, DocAddress]


class EmbeddedView:
    """One commit of the index."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._searcher = index.searcher()

    def best(self, query: Query, limit: int, passed: int = 0) -> Sequence[Hit]:
        """Give what fits best."""
        asked, wanted = compiled(query), passed + limit
        # Tantivy ranks what fits alike by where it happens to lie: so all of it is looked at.
        for size in (wanted + _ALIKE, wanted + _MOST_ALIKE):
            found = self._searcher.search(asked, size, count=False).hits
            if len(found) < size or _score(found[-1]) < _score(found[wanted - 1]):
                break
        return self._hits(self._ranked(found)[passed:wanted])

    def sketches(self, query: Query, limit: int) -> Sequence[Sketch]:
        """Give what fits best, unread."""
        found = self._searcher.search(compiled(query), limit, count=False).hits
        addresses = [address for _, address in found]
        published = self._searcher.fast_field_values("published", addresses)
        return [
            Sketch(kept(document, "signature"), int(time or 0), document)
            for document, time in zip(map(self._searcher.doc, addresses), published, strict=True)
        ]

    def read(self, sketches: Sequence[Sketch]) -> Sequence[bytes]:
        """Give the records; they came with the signatures."""
        return [kept(sketch.place, "record") for sketch in sketches]

    def latest(self, query: Query, limit: int, after: str | None = None) -> Sequence[Hit]:
        """Give what was published last."""
        asked = compiled(query)
        if after:
            asked = asked.and_must_match(self._index.parse(f"order:<{after}"))
        # By a number it takes half the time, or less where there are many segments; the text tells
        # apart what was published at the same moment, and where the page ends among such.
        found = self._searcher.search(
            asked, limit + 1, count=False, order_by_field="published"
        ).hits
        if len({time for time, _ in found}) < len(found):
            found = self._searcher.search(asked, limit, count=False, order_by_field="order").hits
        return self._hits([(0.0, address) for _, address in found[:limit]])

    def counts(
        self, query: Query, fields: Collection[str], most: int
    ) -> Mapping[str, Mapping[str, int]]:
        """Count values."""
        wanted = {field: {"terms": {"field": field, "size": most}} for field in fields}
        answer: dict[str, Any] = self._searcher.aggregate(compiled(query), wanted)
        return {
            field: {each["key"]: each["doc_count"] for each in answer[field]["buckets"]}
            for field in fields
        }

    def total(self, query: Query) -> int:
        """Count what is found."""
        answer = self._searcher.aggregate(
            compiled(query), {"found": {"value_count": {"field": "published"}}}
        )
        return int(answer["found"]["value"])

    def frequencies(self, field: str, terms: Collection[str]) -> Mapping[str, int]:
        """Count documents; those that were replaced count until they are merged away."""
        return self._index.frequencies.of(self._searcher, field, terms)

    def vocabulary(
        self, field: str, prefix: str, query: Query, limit: int
    ) -> Sequence[tuple[str, int]]:
        """Count the values that begin with `prefix`."""
        return self._searcher.terms_with_prefix(field, prefix, compiled(query), limit)

    @property
    def documents(self) -> int:
        """All that the index holds, but for what was deleted."""
        return self._searcher.num_docs

    def stands(self, article: UUID) -> bytes | None:
        """Give the record that says how an article stands."""
        return next(iter(self._of(article, _STANDS)), None)

    def history(self, article: UUID) -> History:
        """Give an article's versions."""
        return histories_in(self._of(article, _READABLE)).get(article, {})

    def registry(self) -> Iterable[bytes]:
        """Give all records of the registry."""
        return records(self._searcher, compiled(Term("kind", Kind.REGISTRY)))

    def _of(self, article: UUID, kinds: frozenset[str]) -> Iterable[bytes]:
        query = All([Term("key", str(article)), AnyOf("kind", kinds)])
        return records(self._searcher, compiled(query))

    def _ranked(self, found: Sequence[_Scored]) -> Sequence[_Scored]:
        """Put what fits alike in the order of time, then of ids, as `latest` has them."""
        addresses = [address for _, address in found]
        times = (int(t or 0) for t in self._searcher.fast_field_values("published", addresses))
        places = sorted(zip(map(_score, found), times, range(len(found)), strict=True))
        ranked: list[_Scored] = []
        for _, alike in groupby(reversed(places), key=itemgetter(0, 1)):
            group = [found[place] for _, _, place in alike]
            if len(group) > 1:  # a record begins with its article's id
                group.sort(key=lambda hit: record(self._searcher, hit[1]), reverse=True)
            ranked += group
        return ranked

    def _hits(self, found: Sequence[_Scored]) -> Sequence[Hit]:
        addresses = [address for _, address in found]
        published = self._searcher.fast_field_values("published", addresses)
        return [
            Hit(record(self._searcher, address), score, int(time or 0))
            for (score, address), time in zip(found, published, strict=True)
        ]


def _score(hit: _Scored) -> float:
    return float(f"{hit[0]:.{_DIGITS}g}")
