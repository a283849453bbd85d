"""An index that is made beside the one that answers."""

from collections.abc import Callable, Mapping, Sequence

import structlog

from schemas.events import RegistryEvent
from services.archive.articles.changes import Change
from services.archive.embedded.index import Index
from services.archive.embedded.taking import name, take
from services.archive.engine.contract import EngineFailed

log = structlog.get_logger()


class EmbeddedRebuild:
    """Takes from two sides: the log, read anew, and what the engine takes meanwhile.

    Versions may come from both, in any order. Of the registry's records the newest counts, and that
    is the one that the engine takes.
    """

    def __init__(self, index: Index, swap: Callable[[], None], discard: Callable[[], None]) -> None:
        self.index = index
        self.swap = swap
        self.discard = discard
        self._named: set[str] = set()
        self.fault: str | None = None
        """Why it can't be finished, if it can't."""

    def take(self, changes: Sequence[Change]) -> None:
        """Take versions and tombstones out of the log."""
        take(self.index, changes, {})

    def name(self, records: Mapping[str, RegistryEvent | None]) -> None:
        """Take records of the registry out of the log, unless the engine took them since."""
        name(self.index, {k: v for k, v in records.items() if k not in self._named}, {})

    def also_take(self, changes: Sequence[Change]) -> None:
        """Take what the engine took. Its own work must not fail with this."""
        self._try(lambda: self.take(changes))

    def also_name(self, records: Mapping[str, RegistryEvent | None]) -> None:
        """Take what the engine took."""
        self._named |= records.keys()
        self._try(lambda: name(self.index, records, {}))

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except EngineFailed as error:
            self.fault = str(error)
            log.warning("rebuild_missed_something", error=self.fault)
