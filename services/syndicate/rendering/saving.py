"""Keeps what is served in the store, so that it is served again after a start."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial

import structlog

from services.common.database import Database
from services.syndicate.rendering import feed_store
from services.syndicate.rendering.feed_store import Proof
from services.syndicate.serving.shelf import Shelf

_EVERY = 0.25  # seconds
_AT_ONCE = 1  # feed: under a megabyte, so that saving never holds up the intake

log = structlog.get_logger()


class Saving:
    """Saves slowly, first what has been unsaved for longest. To save every change would be to write
    two megabytes for an article of three kilobytes."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database = database
        self._shelf = shelf
        self._unsaved: dict[str, Proof] = {}

    def add(self, proof: Proof) -> None:
        """Have it saved; of a feed that waits already, this is the newest."""
        self._unsaved[proof.feed] = proof

    async def run(self) -> None:
        """Save until cancelled."""
        while True:
            await asyncio.sleep(_EVERY)
            next_ = list(self._unsaved.values())[:_AT_ONCE]
            try:
                await self._save(next_)
            except Exception:
                log.exception("feeds_not_saved")
                self._put_last(next_)  # it may be their fault

    async def save(self) -> None:
        """Save all that is served now."""
        await self._save(list(self._unsaved.values()))

    async def _save(self, proofs: Sequence[Proof]) -> None:
        if not proofs:
            return
        went_live = dict(self._shelf.moments)
        await self._database.write(
            partial(feed_store.save_proofs, made=proofs, went_live=went_live)
        )
        for proof in proofs:
            if self._unsaved[proof.feed] is proof:
                del self._unsaved[proof.feed]
        self._put_last(proofs)

    def _put_last(self, proofs: Iterable[Proof]) -> None:
        """Put those that wait still (they were rendered again meanwhile) to the end of the line."""
        for proof in proofs:
            if newest := self._unsaved.pop(proof.feed, None):
                self._unsaved[proof.feed] = newest
