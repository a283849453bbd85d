"""An index that is made beside the one that answers, by one archive of those that share it.

All of them write what comes into both: each looks, with every batch, whether there is a next one.
The log is read from its beginning up to where it ended after the next one was made, so what was
taken by somebody who did not see it yet is in that part.
"""

from collections.abc import Mapping, Sequence

from schemas.events import RegistryEvent
from services.archive.articles.changes import Change, apply
from services.archive.cluster import bulk
from services.archive.cluster.indexes import Indexes, Opened
from services.archive.cluster.view import ClusterView
from services.archive.cluster.writes import (
    OFFSETS,
    Write,
    changes_writes,
    offset_writes,
    read_offsets,
    registry_writes,
)


class ClusterRebuild:
    """Takes the log; ranks see to what comes from two sides."""

    def __init__(self, indexes: Indexes) -> None:
        self._indexes = indexes
        self._next: Opened | None = indexes.make_next()
        self._opened = self._next

    def take(self, changes: Sequence[Change]) -> None:
        """Take versions and tombstones."""
        histories, _ = apply({}, changes)
        self._write(list(changes_writes(histories)))

    def name(self, records: Mapping[str, RegistryEvent | None]) -> None:
        """Take records of the registry."""
        gone = [key for key, event in records.items() if event is None]
        ranks = bulk.ranks_of(self._indexes.nodes, self._opened.name, gone)
        self._write(list(registry_writes(records, ranks)))

    def swap(self) -> None:
        """Have it answer, with the offsets of the one that did."""
        view = ClusterView(self._indexes.nodes, self._indexes.alias)
        self._write(list(offset_writes(read_offsets(view.kept(OFFSETS)))))
        self._indexes.refresh(self._opened)
        self._indexes.swap(self._opened)
        self._next = None

    def discard(self) -> None:
        """Delete it, unless it answers by now."""
        if self._next:
            self._indexes.drop(self._next.name)
            self._next = None

    def _write(self, writes: Sequence[Write]) -> None:
        bulk.write(self._indexes.nodes, self._opened.writer, writes, refresh=False)
