"""Bare tantivy-py: the same schema and documents, queries built beforehand, and nothing read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

import tantivy

from bench.archive.asking import Asked, Subject
from bench.archive.peers.peer import CANDIDATES, PAGE, Item
from schemas.article import Article
from services.archive.embedded.compiling import compiled
from services.archive.embedded.documents import SCHEMA, as_tantivy
from services.archive.embedded.index import record
from services.archive.engine.query import Query

_WRITER_BYTES = 128_000_000


class Bare:
    """An index in a folder, which is there or is made."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(SCHEMA, str(folder))
        self._index.config_reader("manual")
        self._searcher = self._index.searcher()
        self._writer: tantivy.IndexWriter | None = None
        self._related: dict[UUID, tantivy.Query] = {}
        self._searches: dict[Asked, tuple[tantivy.Query, str | None]] = {}

    def prepare(self, batch: Sequence[Item]) -> list[tantivy.Document]:
        return [as_tantivy(item.document) for item in batch]

    def index(self, prepared: list[tantivy.Document]) -> None:
        if self._writer is None:
            self._writer = self._index.writer(_WRITER_BYTES, num_threads=1)
        for document in prepared:
            self._writer.add_document(document)

    def finish(self) -> None:
        assert self._writer
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._writer = None
        self._index.reload()
        self._searcher = self._index.searcher()

    def build(self, subjects: Sequence[Subject], searches: Mapping[Asked, Query]) -> None:
        """Build all queries beforehand: the very ones that ours asks."""
        self._related = {each.article.id: compiled(each.query) for each in subjects}
        self._searches = {
            asked: (compiled(query), "order" if asked.by_time else None)
            for asked, query in searches.items()
        }

    def related(self, subject: Subject) -> Sequence[tuple[float, tantivy.DocAddress]]:
        query = self._related[subject.article.id]
        return self._searcher.search(query, CANDIDATES, count=False).hits

    def ids(self, found: Sequence[tuple[float, tantivy.DocAddress]]) -> list[UUID]:
        records = (record(self._searcher, address) for _, address in found)
        return [Article.model_validate_json(each).id for each in records]

    def search(self, asked: Asked) -> object:
        query, order = self._searches[asked]
        return self._searcher.search(query, PAGE, count=False, order_by_field=order).hits
