"""The embedded engine: an index of this process alone, and now and then the next one beside it."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from schemas.events import RegistryEvent
from services.archive.articles.changes import Change
from services.archive.embedded.index import Index
from services.archive.embedded.place import Place
from services.archive.embedded.purge import purge_what_was_erased
from services.archive.embedded.rebuild import EmbeddedRebuild
from services.archive.embedded.taking import name, take
from services.archive.embedded.view import EmbeddedView
from services.archive.engine.contract import Changed, EngineFailed, InWorker, Outcome
from services.common.resuming import Offsets

_LOOK_EVERY = 2.0  # seconds


class EmbeddedEngine:
    """Indexes in `folder`; one of them answers."""

    shared = False

    def __init__(self, folder: Path) -> None:
        self._place = Place(folder)
        self.index = Index(self._place.current)
        self._rebuild: EmbeddedRebuild | None = None
        # Only now: whoever has the index's lock may have another beside it.
        self._place.clear()
        self._listeners: list[Changed] = []

    @property
    def id(self) -> str:
        """Of the place: the index that follows goes on with the same consumer groups."""
        return self._place.id

    @property
    def fault(self) -> str | None:
        """Why the last commit failed, if it did."""
        return self.index.fault

    @property
    def offsets(self) -> Offsets:
        """How far each partition has been taken, for good."""
        return self.index.offsets

    def take(self, changes: Sequence[Change], offsets: Offsets) -> Outcome:
        """Commit `changes` with `offsets`."""
        outcome = take(self.index, changes, offsets)
        if self._rebuild:
            self._rebuild.also_take(changes)
        self._tell({c.id for c, new in zip(changes, outcome.effective, strict=True) if new})
        return outcome

    def name(self, records: Mapping[str, RegistryEvent | None], offsets: Offsets) -> None:
        """Commit the registry's records with `offsets`."""
        name(self.index, records, offsets)
        if self._rebuild:
            self._rebuild.also_name(records)

    def view(self) -> EmbeddedView:
        """Give a view of the last commit."""
        return EmbeddedView(self.index)

    def rebuild(self) -> EmbeddedRebuild:
        """Begin an empty index beside."""
        assert self._rebuild is None
        folder = self._place.beside()
        try:
            index = Index(folder)
        except BaseException:
            self._place.leave(folder)
            raise
        self._rebuild = EmbeddedRebuild(index, self._swap, self._discard)
        return self._rebuild

    def tell(self, listener: Changed) -> None:
        """Tell `listener` of the articles of each commit."""
        self._listeners.append(listener)

    async def tend(self, in_worker: InWorker) -> None:
        """Take what was erased out of the index's files, and remove what is left of other indexes;
        run until cancelled."""
        while True:
            await purge_what_was_erased(self.index, in_worker)
            await asyncio.to_thread(self._place.clear)
            await asyncio.sleep(_LOOK_EVERY)

    def close(self) -> None:
        """Let go of the index's lock."""
        self._discard()
        self.index.close()

    def _swap(self) -> None:
        assert self._rebuild
        old, new = self.index, self._rebuild.index
        if self._rebuild.fault:
            raise EngineFailed(self._rebuild.fault)
        new.replace([], [], old.offsets)
        self._place.point_to(new.folder)
        self.index, self._rebuild = new, None
        self._let_go(old)
        self._tell(None)

    def _tell(self, changed: Collection[UUID] | None) -> None:
        for listener in self._listeners:
            listener(changed)

    def _discard(self) -> None:
        if self._rebuild:
            self._let_go(self._rebuild.index)
            self._rebuild = None

    def _let_go(self, index: Index) -> None:
        index.close()
        self._place.leave(index.folder)
