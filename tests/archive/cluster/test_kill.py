"""Three nodes, one of which is killed while archives write: nothing that was taken is lost."""

import os
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import httpx2

from schemas.article import Article
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.filters import Filters
from services.archive.catalogue.registry import Registry
from services.archive.cluster.engine import ClusterEngine
from services.archive.engine.contract import EngineFailed
from services.archive.language.question import Question
from tests.factories import article
from tests.opensearch.nodes import Node, running_nodes
from tests.stack.processes import until

BATCH = 20
BEFORE, AFTER = 5, 15
WRITERS = 2


class Writer:
    """Takes batch after batch, as a consumer has it do: again, until it is taken."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.engine = ClusterEngine(urls, "killed")
        self.taken: list[Article] = []
        self.refused = 0

    def run(self, batches: int, killed: Event) -> None:
        # Half of them at least are taken while nobody has noticed yet, or after it.
        while len(self.taken) < batches * BATCH or not killed.is_set():
            batch = [article(headline=f"Tin {len(self.taken) + n}") for n in range(BATCH)]
            until(partial(self._is_taken, batch))
            self.taken += batch

    def _is_taken(self, batch: Sequence[Article]) -> bool:
        try:
            outcome = self.engine.take(batch, {("articles", 0): len(self.taken) + BATCH})
        except EngineFailed:
            self.refused += 1
            return False
        return all(outcome.held)


def has_its_copy(node: Node) -> bool:
    health = httpx2.get(f"{node.url}/_cluster/health/killed-*", timeout=20).json()
    return bool(health["status"] == "green")


def holder_of_the_first_copy(nodes: Sequence[Node]) -> Node:
    shards = httpx2.get(f"{nodes[0].url}/_cat/shards/killed-*", params={"format": "json"}).json()
    [name] = [shard["node"] for shard in shards if shard["prirep"] == "p"]
    return next(node for node in nodes if node.folder.name == name)


def test_a_node_that_is_killed_while_archives_write_takes_nothing_with_it():
    with running_nodes(3, heap="256m") as running, ThreadPoolExecutor(WRITERS) as threads:
        nodes = list(running)
        writers = [Writer([node.url for node in nodes]) for _ in range(WRITERS)]
        killed = Event()
        writing = [threads.submit(each.run, BEFORE + AFTER, killed) for each in writers]
        try:
            until(lambda: all(len(each.taken) >= BEFORE * BATCH for each in writers))
            until(lambda: has_its_copy(nodes[0]))  # a new index has one only when that is made
            victim = holder_of_the_first_copy(nodes)
            os.kill(running[victim].pid, signal.SIGKILL)
        finally:
            killed.set()  # else they would write on for ever
        for each in writing:
            each.result(240)

        left = ClusterEngine([node.url for node in nodes if node is not victim], "killed")
        catalogue = Catalogue(left, Registry(left))
        taken = [each for writer in writers for each in writer.taken]
        until(lambda: catalogue.count() == len(taken))
        found = catalogue.by_time(Question(), Filters(), len(taken)).hits
        assert {hit.article.id for hit in found} == {each.id for each in taken}
        assert all(catalogue.history(each.id) == [each] for each in taken[::BATCH])
        for engine in (left, *(writer.engine for writer in writers)):
            engine.close()
