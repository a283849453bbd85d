"""A new index beside the one that answers, while several archives write."""

import asyncio

import httpx2
import pytest

from schemas.events import UnitChanged
from schemas.registry import Unit
from services.archive.articles.changes import Erased
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.registry import Registry
from services.archive.cluster.engine import ClusterEngine
from services.archive.engine.contract import EngineFailed
from services.common.ids import new_id
from tests.factories import NOON, TRACE, article, retraction

pytestmark = pytest.mark.xdist_group("opensearch")


@pytest.fixture
def other(cluster, name):
    """Another archive on the same index."""
    opened = ClusterEngine([cluster], name)
    yield opened
    opened.close()


def named(name: str) -> dict[str, UnitChanged]:
    unit = Unit(code="HQ", name=name)
    event = UnitChanged(id=new_id(), time=NOON, producer="ingest", trace=TRACE, unit=unit)
    return {event.key: event}


def versions(engine: ClusterEngine, *articles) -> list[list[int]]:
    catalogue = Catalogue(engine, Registry(engine))
    return [[each.version for each in catalogue.history(one.id)] for one in articles]


def test_what_comes_meanwhile_to_any_archive_is_in_the_new_index(engine, other):
    log = [article() for _ in range(5)]
    engine.take(log, {("articles", 0): 5})
    engine.name(named("Hải quan"), {("registry", 3): 1})
    id_ = engine.id

    rebuild = engine.rebuild()
    corrected = article(id=log[0].id, version=2)
    other.take([corrected, retraction(log[1].id), late := article()], {("articles", 1): 9})
    assert Catalogue(engine, Registry(engine)).count() == 5
    rebuild.take(log)
    rebuild.name(named("Hải quan"))
    rebuild.swap()
    rebuild.discard()

    assert Catalogue(engine, Registry(engine)).count() == 5
    assert versions(other, *log[:3], late) == [[2, 1], [2], [1], [1]]
    assert engine.offsets == {("articles", 0): 5, ("articles", 1): 9, ("registry", 3): 1}
    assert {engine.id, other.id} == {id_}
    other.take([after := article(), Erased(late.id, 1)], {})
    assert versions(engine, after, late) == [[1], []]


def test_one_that_is_given_up_leaves_all_as_it_was(engine, other, cluster, name):
    engine.take([article()], {})
    rebuild = engine.rebuild()
    rebuild.discard()
    other.take([article()], {})
    assert Catalogue(engine, Registry(engine)).count() == 2
    assert len(httpx2.get(f"{cluster}/{name}-*").json()) == 1


def test_of_two_at_once_the_later_one_goes_on(engine, other):
    engine.take([kept := article()], {})
    first = engine.rebuild()
    second = other.rebuild()
    with pytest.raises(EngineFailed):
        first.swap()
    first.discard()
    second.take([kept])
    second.swap()
    assert versions(engine, kept) == [[1]]


def test_the_former_index_goes_when_nobody_asks_it_any_more(engine, cluster, name):
    engine.take([article()], {})
    rebuild = engine.rebuild()
    rebuild.swap()
    engine._tidy()
    engine._tidy()
    assert len(httpx2.get(f"{cluster}/{name}-*").json()) == 1


def test_an_index_that_was_deleted_begins_anew_with_other_consumer_groups(engine, cluster, name):
    engine.take([article()], {("articles", 0): 5})
    httpx2.delete(f"{cluster}/{name}-*").raise_for_status()
    with pytest.raises(EngineFailed):
        engine.take([article()], {})
    assert engine._begins_anew()
    anew = ClusterEngine([cluster], name)
    assert anew.id != engine.id
    assert anew.offsets == {}
    assert engine._begins_anew()
    anew.close()


def test_indexes_that_are_not_ours_are_left_alone(engine, cluster, name):
    engine.take([article()], {})
    alias = engine._indexes.alias
    httpx2.put(f"{cluster}/{alias}-saved").raise_for_status()
    engine.rebuild().swap()
    engine._tidy()
    engine._tidy()
    assert f"{alias}-saved" in httpx2.get(f"{cluster}/{name}-*").json()


async def test_who_tends_an_index_ends_when_it_begins_anew(engine, cluster, name):
    engine.take([article()], {})
    tending = asyncio.create_task(engine.tend(lambda work: asyncio.to_thread(work)))
    await asyncio.sleep(0)
    httpx2.delete(f"{cluster}/{name}-*").raise_for_status()
    async with asyncio.timeout(60):
        await tending
