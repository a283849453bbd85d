"""Word that a version is in the index: given after the commit, and never lost by a kill."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from schemas.events import DELIVERY_EVENT, VersionShown
from services.archive.announcing import Announcer
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.registry import Registry
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.intake import Intake
from services.common.consuming import Batch, Received
from services.common.publishing import NotConfirmed
from tests.archive.test_changes import FakeRecord
from tests.factories import TRACE, article, event, retraction

PLACE = ("articles", 0)


class Kafka:
    """A log to read from, and what was told."""

    def __init__(self, *articles) -> None:
        self.log = [event(each) for each in articles]
        self.up = True
        self.told: list[bytes] = []

    async def publish(self, messages) -> None:
        if not self.up:
            raise NotConfirmed("away")
        self.told += [message.key for message in messages]

    def batch(self, start: int, end: int) -> Batch:
        """What a consumer gets."""
        items = [Received(FakeRecord(b"", offset=n), self.log[n]) for n in range(start, end)]
        return Batch(items, {PLACE: end})

    def keys(self, start: int, end: int) -> list[bytes]:
        of = [each.article for each in self.log[start:end]]
        return [f"{each.id}:{each.version}:index".encode() for each in of]


@asynccontextmanager
async def archive(folder: Path, kafka: Kafka):
    """An archive from its start to its kill: nothing is done in good order at its end."""
    engine = EmbeddedEngine(folder)
    announcer = Announcer(kafka.publish)
    intake = Intake(engine, Registry(engine), announcer)
    task = asyncio.create_task(announcer.run())
    try:
        yield engine, intake, announcer
    finally:
        task.cancel()
        await intake.close()
        engine.close()


async def until(condition) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.fixture
def kafka():
    return Kafka(*(article() for _ in range(6)))


async def test_each_version_of_a_batch_is_told_once_it_can_be_found(tmp_path, kafka):
    async with archive(tmp_path / "index", kafka) as (index, intake, _):
        await intake.take_articles(kafka.batch(0, 3))
        assert Catalogue(index, Registry(index)).count() == 3
        await until(lambda: sorted(kafka.told) == sorted(kafka.keys(0, 3)))


async def test_killed_before_it_told_of_a_batch_it_takes_and_tells_it_again(tmp_path, kafka):
    async with archive(tmp_path / "index", kafka) as (_, intake, announcer):
        await intake.take_articles(kafka.batch(0, 2))
        await until(lambda: announcer.reached == {PLACE: 2})
        kafka.up = False
        await intake.take_articles(kafka.batch(2, 4))
        await intake.take_articles(kafka.batch(4, 6))

    kafka.up = True
    async with archive(tmp_path / "index", kafka) as (index, intake, _):
        assert Catalogue(index, Registry(index)).count() == 6
        assert index.offsets == {PLACE: 2}
        await intake.take_articles(kafka.batch(2, 6))
        assert Catalogue(index, Registry(index)).count() == 6
        await until(lambda: sorted(kafka.told) == sorted(kafka.keys(0, 6)))


async def test_what_was_told_is_not_taken_again_but_for_the_last_batch(tmp_path, kafka):
    async with archive(tmp_path / "index", kafka) as (_, intake, announcer):
        for end in (2, 4, 6):
            await intake.take_articles(kafka.batch(end - 2, end))
            await until(lambda end=end: announcer.reached == {PLACE: end})

    assert EmbeddedEngine(tmp_path / "index").offsets == {PLACE: 4}


async def test_the_index_does_not_wait_for_what_kafka_does_not_take(tmp_path, kafka):
    kafka.up = False
    async with archive(tmp_path / "index", kafka) as (index, intake, announcer):
        async with asyncio.timeout(60):
            for end in (2, 4, 6):
                await intake.take_articles(kafka.batch(end - 2, end))
        assert Catalogue(index, Registry(index)).count() == 6
        assert announcer.reached == {}


async def test_a_batch_is_announced_as_a_whole_or_its_offsets_wait(tmp_path, kafka, monkeypatch):
    monkeypatch.setattr("services.archive.announcing._RETRY_AFTER", 0.01)
    attempts: list[bytes] = []
    take = kafka.publish

    [refused] = kafka.keys(1, 2)

    async def first_attempts_fail(messages):
        keys = [message.key for message in messages]
        attempts.extend(keys)
        if refused in keys and attempts.count(refused) < 3:
            raise NotConfirmed("not now")
        await take(messages)

    kafka.publish = first_attempts_fail
    async with archive(tmp_path / "index", kafka) as (_, intake, announcer):
        await intake.take_articles(kafka.batch(0, 3))
        await until(lambda: announcer.reached == {PLACE: 3})
    assert sorted(kafka.told) == sorted(kafka.keys(0, 3))
    assert attempts.count(refused) == 3


async def test_what_the_index_does_not_hold_is_not_told(tmp_path):
    end = retraction(article().id)
    kafka = Kafka(end, article(id=end.id), article(audience="partner:bao-a"))
    async with archive(tmp_path / "index", kafka) as (_, intake, announcer):
        await intake.take_articles(kafka.batch(0, 3))
        await until(lambda: announcer.reached == {PLACE: 3})
    assert kafka.told == kafka.keys(0, 1)


async def test_word_carries_the_trace_of_the_request(tmp_path, kafka):
    values: list[bytes] = []

    async def listen(messages):
        values.extend(message.value for message in messages)

    kafka.publish = listen
    async with archive(tmp_path / "index", kafka) as (_, intake, _announcer):
        await intake.take_articles(kafka.batch(0, 1))
        await until(lambda: values)
    shown = DELIVERY_EVENT.validate_json(values[0])
    assert isinstance(shown, VersionShown)
    assert (shown.trace, shown.where, shown.producer) == (TRACE, "index", "archive")
