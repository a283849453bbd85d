"""The engine in a cluster: what comes is written as it is, and what ranks higher stays."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from uuid import UUID

import structlog

from schemas.events import RegistryEvent
from services.archive.articles.changes import Change, Erased, apply
from services.archive.articles.history import History
from services.archive.cluster import bulk
from services.archive.cluster.indexes import Indexes, Opened
from services.archive.cluster.nodes import Nodes
from services.archive.cluster.purge import Purge, erased_at, purge_what_was_erased
from services.archive.cluster.view import ClusterView
from services.archive.cluster.writes import (
    END,
    OFFSETS,
    Write,
    article_writes,
    offset_writes,
    rank_held,
    read_offsets,
    registry_write,
    version_id,
)
from services.archive.engine.contract import Changed, EngineFailed, InWorker, Outcome, Rebuild
from services.archive.engine.documents import instant
from services.common.instants import now
from services.common.resuming import Offsets

_QUIET = 100
"""A batch that is smaller can be found as soon as it is taken; behind a backlog nobody waits."""
_LOOK_EVERY = 1.0  # seconds

log = structlog.get_logger()


class ClusterEngine:
    """An index that many archives write, all of them in the same consumer groups.

    The first call that reaches the cluster opens it.
    """

    shared = True

    def __init__(self, urls: Sequence[str], name: str, ca: Path | None = None) -> None:
        self._nodes = Nodes(urls, ca)
        self.indexes = Indexes.named(self._nodes, name)
        self._listeners: list[Changed] = []
        self._opening = Lock()
        self._opened: Opened | None = None
        self._noted: dict[tuple[str, int], int] = {}
        self._away: str | None = None
        self._unwritten: str | None = None

    @property
    def id(self) -> str:
        """The index's. Raises EngineFailed while nobody can tell."""
        return self._open().id

    @property
    def fault(self) -> str | None:
        """Why the last write failed, or why the cluster can't answer."""
        return self._unwritten or self._away

    @property
    def offsets(self) -> Offsets:
        """How far each partition has been taken, for good, as the cluster has it."""
        return read_offsets(self.view().kept(OFFSETS))

    def take(self, changes: Sequence[Change], offsets: Offsets) -> Outcome:
        """Write `changes` and `offsets`."""
        histories, new = apply({}, changes)
        writes = [each for item in histories.items() for each in article_writes(*item)]
        if any(isinstance(change, Erased) or change.erased for change in changes):
            writes.append(erased_at(instant(now())))
        taken = self._write(writes, offsets, refresh=len(changes) < _QUIET)
        above = self._ranks([id_ for id_, is_new in taken.items() if not is_new])
        for listener in self._listeners:
            listener(histories.keys())
        return Outcome(
            [
                first and taken.get(version_id(change.id, change.version), False)
                for first, change in zip(new, changes, strict=True)
            ],
            [_held(change, histories, taken, above) for change in changes],
        )

    def name(self, records: Mapping[str, RegistryEvent | None], offsets: Offsets) -> None:
        """Write the registry's records and `offsets`."""
        removed = self._ranks([key for key, event in records.items() if event is None])
        writes = [
            registry_write(key, instant(event.time), event.to_bytes())
            if event
            else registry_write(key, removed.get(key, 0) + 1, None)
            for key, event in records.items()
        ]
        self._write(writes, offsets, refresh=True)

    def view(self) -> ClusterView:
        """Give a view of what can be found."""
        self._open()
        return ClusterView(self._nodes, self.indexes.alias)

    def rebuild(self) -> Rebuild:
        """Refuse to begin an index beside."""
        raise EngineFailed("the index of a cluster can't be made anew yet")

    def tell(self, listener: Changed) -> None:
        """Tell `listener` of the articles of each write from here."""
        self._listeners.append(listener)

    async def tend(self, in_worker: InWorker) -> None:  # noqa: ARG002 - others write meanwhile
        """See whether the cluster is there, and take what was erased out of its files; run until
        cancelled, or until another index takes the place of this one."""
        purging = asyncio.create_task(purge_what_was_erased(self._purge))
        try:
            while True:
                if await asyncio.to_thread(self._is_exchanged):
                    log.info("index_exchanged")
                    return
                await asyncio.sleep(_LOOK_EVERY)
        finally:
            purging.cancel()

    def close(self) -> None:
        """Close the connections."""
        self._nodes.close()

    def _open(self) -> Opened:
        with self._opening:
            if self._opened is None:
                self._opened = self.indexes.current()
            return self._opened

    def _write(
        self, writes: Sequence[Write], offsets: Offsets, *, refresh: bool
    ) -> Mapping[str, bool]:
        """Say of each document whether it was written, by its id."""
        further = {
            place: offset for place, offset in offsets.items() if offset > self._noted.get(place, 0)
        }
        every = [*writes, *offset_writes(further)]
        try:
            taken = bulk.write(self._nodes, self._open().writer, every, refresh=refresh)
        except EngineFailed as error:
            self._unwritten = str(error)
            raise
        self._unwritten = None
        self._noted |= further
        return {each.id: is_new for each, is_new in zip(every, taken, strict=True)}

    def _ranks(self, ids: Sequence[str]) -> Mapping[str, int]:
        return bulk.ranks_of(self._nodes, self._open().name, ids)

    def _is_exchanged(self) -> bool:
        """Whether another index is read by now; note whether the cluster answers."""
        try:
            opened, read = self._open(), self.indexes.current()
            self.indexes.check(read)
        except EngineFailed as error:
            if self._away is None:
                log.warning("search_cluster_down", error=str(error))
            self._away = str(error)
            return False
        if self._away is not None:
            log.info("search_cluster_up", index=read.name)
        self._away = None
        return read.id != opened.id

    def _purge(self) -> None:
        Purge(self._nodes, self._open()).run()


def _held(
    change: Change,
    histories: Mapping[UUID, History],
    taken: Mapping[str, bool],
    above: Mapping[str, int],
) -> bool:
    """Whether a change's version is in the index: `taken` are the documents that were written, and
    `above` the ranks of those that were not."""
    text = histories[change.id].get(change.version)
    if text is None:
        return False
    if above.get(str(change.id), 0) >= END and not text.erased:
        return False
    id_ = version_id(change.id, change.version)
    return taken[id_] or above.get(id_) == rank_held(text)
