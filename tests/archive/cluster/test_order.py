"""Whatever the order in which events come, and however many write them at once, the cluster ends as
the embedded index does."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.archive.articles.changes import Change, Erased
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.filters import SearchRequest
from services.archive.catalogue.registry import Registry
from services.archive.catalogue.search import Search
from services.archive.cluster.engine import ClusterEngine
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.engine.contract import Engine
from tests.archive.cluster.stories import Story, stories
from tests.factories import article, erasure, retraction

pytestmark = pytest.mark.xdist_group("opensearch")

SUPPRESSED = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)
"""As everywhere, a slow machine is no fault; and each example has articles of its own."""


def state(engine: Engine, story: Story) -> object:
    """All that readers can see of it."""
    catalogue = Catalogue(engine, Registry(engine))
    answer = Search(engine, Registry(engine)).find(SearchRequest(q=story.word, limit=10))
    stands = catalogue.article(story.id)
    return (
        stands,
        # Of one that may not be seen nobody asks for the history.
        [] if stands is None or stands.withheld else catalogue.history(story.id),
        [hit.article for hit in answer.found.hits],
    )


def in_batches(engine: Engine, changes: Sequence[Change], size: int) -> None:
    for start in range(0, len(changes), size):
        engine.take(changes[start : start + size], {})


@settings(max_examples=12, suppress_health_check=SUPPRESSED)
@given(story=stories(), size=st.integers(2, 8))
def test_any_order_ends_as_in_the_embedded_index(engine, story, size):
    with TemporaryDirectory() as folder:
        embedded = EmbeddedEngine(Path(folder, "index"))
        in_batches(embedded, story.changes, size)
        in_batches(engine, story.changes, size)
        assert state(engine, story) == state(embedded, story)
        embedded.close()


@settings(max_examples=3, suppress_health_check=SUPPRESSED)
@given(told=st.lists(stories(), min_size=3, max_size=3), size=st.integers(1, 8))
def test_several_archives_that_write_the_same_at_once_end_so_too(cluster, name, told, size):
    changes = [change for story in told for change in story.changes]
    archives = [ClusterEngine([cluster], name) for _ in range(3)]
    with TemporaryDirectory() as folder, ThreadPoolExecutor(3) as threads:
        embedded = EmbeddedEngine(Path(folder, "index"))
        in_batches(embedded, changes, size)
        orders = changes, changes[::-1], changes[1::2] + changes[::2]
        list(threads.map(in_batches, archives, orders, (size, 1, 50)))
        for story in told:
            assert state(archives[0], story) == state(embedded, story)
        embedded.close()


def test_a_batch_says_what_it_changed_and_what_is_there(engine):
    one, other = article(), article()
    second = article(id=one.id, version=2)
    told = engine.take([one, other, second, one], {})
    assert (told.effective, told.held) == ([True, True, True, False], [True] * 4)

    told = engine.take([one, retraction(one.id, 3), article(id=one.id, version=4)], {})
    assert told.effective[1:] == [True, True]
    assert told.held == [False, True, True]

    told = engine.take([second, erasure(other.id, 2)], {})
    assert (told.effective, told.held) == ([False, True], [False, True])
    told = engine.take([other, Erased(other.id, 1), erasure(other.id, 2)], {})
    assert (told.effective, told.held) == ([False] * 3, [False, False, True])


def test_a_text_that_was_taken_back_is_not_kept(engine):
    one = article(headline="chữphảigỡ")
    engine.take([one], {})
    engine.take([retraction(one.id, 3)], {})
    late = article(id=one.id, version=2, headline="chữphảigỡ")
    engine.take([late], {})
    kept = [record for kind in ("earlier", "current") for record in engine.view().kept(kind)]
    assert len(kept) == 1
    assert "chữphảigỡ".encode() not in kept[0]
