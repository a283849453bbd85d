"""The embedded index: documents and the Kafka offsets they come from, in the same commit."""

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

import tantivy
from tantivy import DocAddress, Document, IndexWriter, Query, Searcher

from services.archive.embedded.documents import SCHEMA, kept_document
from services.archive.embedded.frequencies import Frequencies
from services.archive.engine.contract import EngineFailed
from services.common.resuming import Offsets

_WRITER_BYTES = 64_000_000
_OFFSETS_KEY = "offsets"
_PAGE = 1000  # documents found at once
_OF_SEGMENT = re.compile("[0-9a-f]{32}[.]")

P = ParamSpec("P")
T = TypeVar("T")


class Index:
    """A Tantivy index in `folder`. Any thread may read; one at a time may write.

    Tantivy's commits carry no data of their own, so the offsets are a document that each commit
    replaces: a process that dies at any point finds documents and offsets that belong together.
    Articles' offsets lie a batch behind (see `announcing`): what is read again changes nothing.
    """

    def __init__(self, folder: Path) -> None:
        self.fault: str | None = None
        """Why the last commit failed, if it did."""
        self.folder = folder
        self._index = tantivy.Index(SCHEMA, str(folder))
        self._index.config_reader("manual")
        self._writer: IndexWriter | None = None
        self._closed = False
        self.frequencies = Frequencies()
        self._offsets: Offsets = {}
        self.begin()

    @property
    def offsets(self) -> Offsets:
        """How far each partition has been taken, for good."""
        return self._offsets

    def begin(self) -> IndexWriter:
        """See what was committed last, and be ready to write. Raises EngineFailed."""
        if self._closed:
            raise EngineFailed("the index was closed")
        if self._writer is None:
            writer = self._asked(partial(self._index.writer, _WRITER_BYTES, num_threads=1))
            self._asked(self._index.reload)
            self._offsets = self._stored_offsets()
            self._writer = writer
        return self._writer

    def replace(self, keys: Iterable[str], documents: Iterable[Document], offsets: Offsets) -> None:
        """Put `documents` in place of all that stood under `keys`, and note `offsets`.

        Tantivy works on each document as soon as it has it, beside the caller who makes the next.
        Returns after the commit, when searchers see it. Raises EngineFailed, or what `documents`
        raises: then nothing of it is kept.
        """
        try:
            writer = self.begin()
            reached = {**self._offsets, **offsets}
            for key in (*keys, _OFFSETS_KEY):
                self._asked(writer.delete_documents_by_term, "key", key)
            for document in itertools.chain(documents, [_offsets_document(reached)]):
                self._asked(writer.add_document, document)
            self._asked(writer.commit)
            self._asked(self._index.reload)
        except BaseException:
            # What was not committed goes with the writer, which may be broken.
            self._writer = None
            raise
        self._offsets, self.fault = reached, None

    def searcher(self) -> Searcher:
        """Give a view of the last commit, which stays as it is."""
        return self._index.searcher()

    def parse(self, query: str) -> Query:
        """Parse a query in Tantivy's language, for what its builders can't say."""
        return self._index.parse_query(query, ["key"])

    def worn_segments(self) -> tuple[Searcher, set[int]]:
        """Give a view of the last commit, and those of its segments that hold deleted documents."""
        while True:
            segments = self._segments()
            self._index.reload()
            searcher = self.searcher()
            # A merge in the background changes them too: then the view may be of others.
            if segments == self._segments():
                return searcher, {at for at, (_, worn) in enumerate(segments) if worn}

    def settle(self) -> int:
        """Finish what goes on in the background, and let go of the files of segments that are gone;
        count those that are left because somebody reads them. Raises EngineFailed."""
        if self._writer is not None:
            writer, self._writer = self._writer, None  # it is of no use afterwards
            self._asked(writer.wait_merging_threads)
        self._asked(self.begin().garbage_collect_files)
        return len(self.leftovers())

    def leftovers(self) -> list[str]:
        """List the files of segments that are gone, or that are about to come."""
        known = {segment for segment, _ in self._segments()}
        files = (path.name for path in self.folder.iterdir() if _OF_SEGMENT.match(path.name))
        return [name for name in files if name[:32] not in known]

    def _segments(self) -> list[tuple[str, bool]]:
        """List the segments of the last commit, and whether documents of each were deleted."""
        listed = json.loads((self.folder / "meta.json").read_bytes())["segments"]
        return [(each["segment_id"].replace("-", ""), bool(each["deletes"])) for each in listed]

    def close(self) -> None:
        """Let go of the lock. Nothing may be written afterwards; who has a view may go on."""
        self._writer, self._closed = None, True

    def _asked(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return call(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001 - a panic in Tantivy is no Exception
            self.fault = str(error)
            raise EngineFailed(self.fault) from None

    def _stored_offsets(self) -> Offsets:
        searcher = self.searcher()
        stored = records(searcher, Query.term_query(SCHEMA, "key", _OFFSETS_KEY, "basic"))
        return _read_offsets(next(stored, b"[]"))


def records(searcher: Searcher, query: Query) -> Iterator[bytes]:
    """Read what is kept in each document that matches."""
    for page in itertools.count():
        hits = searcher.search(query, _PAGE, count=False, offset=page * _PAGE).hits
        yield from (record(searcher, address) for _, address in hits)
        if len(hits) < _PAGE:
            return


def record(searcher: Searcher, address: DocAddress) -> bytes:
    """Read what is kept in one document."""
    return kept(searcher.doc(address), "record")


def kept(document: object, field: str) -> bytes:
    """Read one of the fields that a document keeps."""
    assert isinstance(document, Document)
    value = document.get_first(field)
    assert isinstance(value, bytes)
    return value


def _offsets_document(offsets: Offsets) -> Document:
    stored = [[topic, partition, offset] for (topic, partition), offset in offsets.items()]
    return kept_document(_OFFSETS_KEY, _OFFSETS_KEY, json.dumps(stored).encode())


def _read_offsets(stored: bytes) -> Offsets:
    return {(topic, partition): offset for topic, partition, offset in json.loads(stored)}
