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
from services.archive.cluster.bulk import NoSuchIndex
from services.archive.cluster.indexes import Indexes, Opened
from services.archive.cluster.nodes import Nodes
from services.archive.cluster.purge import Purge, erased_at, tidying
from services.archive.cluster.rebuild import ClusterRebuild
from services.archive.cluster.view import ClusterView
from services.archive.cluster.writes import (
    END,
    OFFSETS,
    Write,
    changes_writes,
    offset_writes,
    rank_held,
    read_offsets,
    registry_writes,
    version_id,
)
from services.archive.engine.contract import Changed, EngineFailed, InWorker, Outcome
from services.common.instants import microseconds, now
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
        self._indexes = Indexes.named(self._nodes, name)
        self._listeners: list[Changed] = []
        self._opening = Lock()
        self._opened: Opened | None = None
        self._noted: dict[tuple[str, int], int] = {}
        self._left: set[str] = set()
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
        writes = list(changes_writes(histories))
        if any(isinstance(change, Erased) or change.erased for change in changes):
            writes.append(erased_at(microseconds(now())))
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
        gone = self._ranks([key for key, event in records.items() if event is None])
        self._write(list(registry_writes(records, gone)), offsets, refresh=True)

    def view(self) -> ClusterView:
        """Give a view of what can be found."""
        self._open()
        return ClusterView(self._nodes, self._indexes.alias)

    def rebuild(self) -> ClusterRebuild:
        """Begin an empty index beside, which all archives write too."""
        return ClusterRebuild(self._indexes)

    def tell(self, listener: Changed) -> None:
        """Tell `listener` of the articles of each write from here."""
        self._listeners.append(listener)

    async def tend(self, in_worker: InWorker) -> None:  # noqa: ARG002 - others write meanwhile
        """See whether the cluster is there, take what was erased out of its files, and delete the
        indexes that were followed by others. Run until cancelled, or until the index begins anew:
        then so must the process, for the index has nothing of what the process has read."""
        async with asyncio.TaskGroup() as tasks:
            beside = tasks.create_task(tidying(self._tidy))
            while True:
                if await asyncio.to_thread(self._begins_anew):
                    break
                await asyncio.sleep(_LOOK_EVERY)
            beside.cancel()
        log.warning("index_begins_anew")

    def close(self) -> None:
        """Close the connections."""
        self._nodes.close()

    def _open(self) -> Opened:
        with self._opening:
            if self._opened is None:
                self._opened = self._indexes.opened()
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
            self._open()
            with_next = self._indexes.is_making_next()
            taken = self._write_to(self._indexes.alias, every, refresh=refresh)
            if with_next:
                self._write_to_next(every)
        except EngineFailed as error:
            self._unwritten = str(error)
            raise
        self._unwritten = None
        self._noted |= further
        return {each.id: is_new for each, is_new in zip(every, taken, strict=True)}

    def _write_to_next(self, writes: Sequence[Write]) -> None:
        try:
            self._write_to(self._indexes.next, writes, refresh=False)
        except NoSuchIndex:
            # It was given up, or it has just become the one that is read.
            self._write_to(self._indexes.alias, writes, refresh=True)

    def _write_to(self, alias: str, writes: Sequence[Write], *, refresh: bool) -> list[bool]:
        return bulk.write(self._nodes, alias, writes, refresh=refresh)

    def _ranks(self, ids: Sequence[str]) -> Mapping[str, int]:
        return bulk.ranks_of(self._nodes, self._indexes.alias, ids)

    def _begins_anew(self) -> bool:
        """Whether the index is no longer the one that was opened, nor one that follows it; note
        whether the cluster answers."""
        try:
            opened, current = self._open(), self._indexes.current()
            if current is None or current.id != opened.id:
                return True
            self._indexes.check(current)
        except EngineFailed as error:
            if self._away is None:
                log.warning("search_cluster_down", error=str(error))
            self._away = str(error)
            return False
        if self._away is not None:
            log.info("search_cluster_up", index=current.name)
        self._away = None
        return False

    def _tidy(self) -> None:
        if current := self._indexes.current():
            Purge(self._nodes, current).run()
            before = self._indexes.before(current)
            # Not at the first look: somebody's question may still be under way in it.
            for name in before & self._left:
                self._indexes.drop(name)
            self._left = before


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
