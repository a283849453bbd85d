"""Outcomes of many attempts, stored together."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from services.common.database import Database
from services.syndicate.deliveries import outcomes
from services.syndicate.deliveries.loading import Attempt
from services.syndicate.deliveries.outcomes import Outcome


@dataclass
class _Page:
    """Outcomes for one transaction."""

    outcomes: list[Outcome] = field(default_factory=list)
    stored: "asyncio.Task[Sequence[Attempt]] | None" = None


class Ledger:
    """Stores what has come in while it stored what came before. No more wait than attempts are
    under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open: _Page | None = None
        self._turn = asyncio.Lock()

    async def enter(self, outcome: Outcome) -> bool:
        """Return when the outcome is stored; say whether it turned its way off. Raises what the
        store raises: the attempt is made again then, after its lease."""
        page = self._open
        if page is None:
            page = self._open = _Page()
            page.stored = asyncio.create_task(self._store(page))
        page.outcomes.append(outcome)
        assert page.stored is not None
        turned_off = await asyncio.shield(page.stored)
        return any(attempt.seq == outcome.attempt.seq for attempt in turned_off)

    async def _store(self, page: _Page) -> Sequence[Attempt]:
        async with self._turn:
            self._open = None
            return await self._database.write(partial(outcomes.store, outcomes=page.outcomes))
