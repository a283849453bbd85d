"""Records that came at once are read part by part, beside the index's work on those before."""

import asyncio

import pytest

from services.archive.handlers import in_parts
from tests.archive.articles.test_changes import FakeRecord

RECORDS = [FakeRecord(b"", offset=number) for number in range(1200)]


async def test_a_part_is_read_while_the_one_before_is_written():
    begun, written = [], asyncio.Event()

    async def handle(records):
        begun.append(len(records))
        await written.wait()

    handling = asyncio.create_task(in_parts(handle)(RECORDS))
    async with asyncio.timeout(20):
        while len(begun) < 3:
            await asyncio.sleep(0)
        assert not handling.done(), "offsets would be committed before the records are"
        written.set()
        await handling
    assert begun == [500, 500, 200]


async def test_what_comes_after_a_part_that_failed_is_not_told_of():
    told = []

    async def handle(records):
        await asyncio.sleep(0)
        if records[0].offset == 0:
            raise OSError("full")
        await asyncio.sleep(0)
        told.append(records[0].offset)

    with pytest.raises(ExceptionGroup):
        await in_parts(handle)(RECORDS)
    assert told == []
