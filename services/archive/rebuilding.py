"""A new index from Kafka's beginning, while the one that stands answers and takes what comes."""

import asyncio
from collections.abc import Sequence
from functools import partial

import structlog
from aiokafka.errors import KafkaError

from schemas.events import ArticleEvent, RegistryEvent
from schemas.reading import read_article_event, read_registry_event
from schemas.topics import ARTICLES, EXPRESS, REGISTRY
from services.archive.articles.changes import change_of
from services.archive.catalogue.registry import Registry
from services.archive.engine.contract import Engine, InWorker, Rebuild
from services.archive.intake import records_in
from services.archive.progress import Progress
from services.common.consuming import Batch, RecordHandler, pass_over
from services.common.instants import now
from services.common.kafka import Record, read_all, reader

_AT_ONCE = 500  # records: what comes meanwhile waits for no more

log = structlog.get_logger()


class Rebuilding:
    """Makes an index when asked to, one at a time. A process that dies forgets it."""

    def __init__(
        self, engine: Engine, registry: Registry, in_worker: InWorker, bootstrap: str
    ) -> None:
        self._engine = engine
        self._registry = registry
        self._in_worker = in_worker
        self._bootstrap = bootstrap
        self._asked = asyncio.Event()
        self.progress = Progress()

    def ask(self) -> None:
        """Have one made, unless that is going on."""
        if self.progress.state != "running":
            self.progress = Progress(state="running", began=now())
            self._asked.set()

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            log.info("rebuild_begun")
            try:
                await self._make()
            except (KafkaError, OSError) as error:  # TimeoutError is one, EngineFailed too
                self.progress.fail(str(error) or type(error).__name__)
                log.warning("rebuild_failed", error=repr(error))
            else:
                self.progress.finish()
                log.info("rebuild_finished", records=self.progress.read)

    async def _make(self) -> None:
        async with reader(self._bootstrap, "tinbai-archive-rebuild") as consumer:
            rebuild: Rebuild = await self._in_worker(self._engine.rebuild)
            try:
                taking = _Taking(rebuild, self._in_worker)
                # Only now is it found out where the log ends: what comes after, the engine takes.
                async for step in read_all(consumer, (REGISTRY, ARTICLES, EXPRESS), _AT_ONCE):
                    await taking.take(step.records)
                    self.progress.read, self.progress.total = step.passed, step.total
                await self._in_worker(rebuild.swap)
            finally:
                await self._in_worker(rebuild.discard)
        await self._in_worker(self._registry.reload)


class _Taking:
    """Puts records into the new index, as the intake does it; what can't be used is passed over,
    for it was parked when it came first."""

    def __init__(self, rebuild: Rebuild, in_worker: InWorker) -> None:
        self._rebuild = rebuild
        self._in_worker = in_worker
        self._articles = RecordHandler(
            read_article_event, self._take, park_invalid=pass_over, park_failed=pass_over
        )
        self._registry = RecordHandler(
            read_registry_event, self._name, park_invalid=pass_over, park_failed=pass_over
        )

    async def take(self, records: Sequence[Record]) -> None:
        """Take records of any of the topics, each topic's in their order."""
        for handler, topics in (
            (self._registry, {REGISTRY}),
            (self._articles, {ARTICLES, EXPRESS}),
        ):
            names = {topic.name for topic in topics}
            if wanted := [record for record in records if record.topic in names]:
                await handler(wanted)

    async def _take(self, batch: Batch[ArticleEvent]) -> None:
        changes = [change for item in batch.items if (change := change_of(item))]
        await self._in_worker(partial(self._rebuild.take, changes))

    async def _name(self, batch: Batch[RegistryEvent]) -> None:
        await self._in_worker(partial(self._rebuild.name, records_in(batch)))
