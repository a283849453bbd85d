"""Takes what was erased out of the index's files too.

Lucene marks a document as deleted; its words stay in their segment until that is merged, and what
was deleted lately is kept on purpose, for copies that were away for a while. So when every copy has
gone past the erasure, what holds deleted documents is merged at once. Readers notice nothing.

Two documents tell whether there is something to do: one is written with each erasure, the other
when that is purged. Their ranks are times, so any archive may do it, and none that is killed loses
the task.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from services.archive.cluster.bulk import ranks_of, write
from services.archive.cluster.indexes import Opened
from services.archive.cluster.nodes import Json, Nodes
from services.archive.cluster.writes import Write
from services.archive.engine.contract import EngineFailed

_ERASED, _PURGED = "purge:erased", "purge:purged"
_KIND = {"kind": "purge"}
_NONE: Mapping[str, str] = {}
_LOOK_EVERY = 2.0  # seconds
_RETRY_AFTER = 10.0  # seconds
_COPIES_WITHIN = 60.0  # seconds, in which all copies that are there go past what was written
_MERGE_WITHIN = 1800.0  # seconds

log = structlog.get_logger()


def erased_at(microseconds: int) -> Write:
    """Say that something was erased, together with the erasure itself."""
    return Write(_ERASED, microseconds, _KIND)


class Purge:
    """Purges one index. Calls raise EngineFailed."""

    def __init__(self, nodes: Nodes, index: Opened) -> None:
        self._nodes = nodes
        self._index = index

    def run(self) -> None:
        """Merge away what was deleted by now, if something was erased since it was last done."""
        ranks = ranks_of(self._nodes, self._index.name, [_ERASED, _PURGED])
        erased = ranks.get(_ERASED, 0)
        if erased <= ranks.get(_PURGED, 0):
            return
        self._wait_for_copies()
        self._call("POST", "_flush")
        self._call("POST", "_forcemerge", {"only_expunge_deletes": "true"})
        write(self._nodes, self._index.writer, [Write(_PURGED, erased, _KIND)], refresh=True)
        log.info("index_purged", index=self._index.name)

    def _wait_for_copies(self) -> None:
        reached = max(self._of_copies("seq_no", "max_seq_no"))
        until = time.monotonic() + _COPIES_WITHIN
        while min(self._retained_from()) <= reached:
            if time.monotonic() > until:
                raise EngineFailed("a copy of the index lies behind")
            time.sleep(1)

    def _retained_from(self) -> list[int]:
        leases = self._of_copies("retention_leases", "leases")
        return [lease["retaining_seq_no"] for each in leases for lease in each]

    def _of_copies(self, part: str, value: str) -> list[Any]:
        found = self._call("GET", "_stats", {"level": "shards"})
        shards = found["indices"][self._index.name]["shards"]
        return [copy[part][value] for copies in shards.values() for copy in copies]

    def _call(self, method: str, path: str, parameters: Mapping[str, str] = _NONE) -> Json:
        where = f"{self._index.name}/{path}"
        answer = self._nodes.call(method, where, None, parameters, within=_MERGE_WITHIN)
        if not answer.ok:
            raise EngineFailed(answer.reason)
        body: Json = answer.body
        return body


async def tidying(tidy: Callable[[], None]) -> None:
    """Do it now and then; run until cancelled."""
    while True:
        pause = _LOOK_EVERY
        try:
            await asyncio.to_thread(tidy)
        except EngineFailed as error:
            log.warning("purge_interrupted", error=str(error))
            pause = _RETRY_AFTER
        await asyncio.sleep(pause)
