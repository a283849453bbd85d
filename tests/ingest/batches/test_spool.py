"""What is written is read, in order, however late."""

import asyncio
import tempfile
from pathlib import Path

import pytest

from services.ingest.batches.spool import Spool


async def test_all_that_was_written_before_anything_is_read_is_given():
    spool = Spool()
    written = [bytes([n % 256]) * 3000 for n in range(1000)]  # beyond what it holds in memory
    for data in written:
        spool.write(data)
    spool.end()

    assert b"".join([piece async for piece in spool.read()]) == b"".join(written)


async def test_a_reader_gets_what_comes_while_it_waits():
    spool = Spool()
    read: list[bytes] = []

    async def reader() -> None:
        async for piece in spool.read():
            read.append(piece)  # noqa: PERF401 - seen as it comes

    reading = asyncio.create_task(reader())
    for data in (b"one", b"two", b"three"):
        spool.write(data)
        async with asyncio.timeout(60):
            while not b"".join(read).endswith(data):
                await asyncio.sleep(0)
    spool.end()
    await reading

    assert b"".join(read) == b"onetwothree"


async def test_a_full_disk_ends_the_reading_of_what_it_did_not_keep(monkeypatch):
    def full(**_):
        return Path("/dev/full").open("w+b")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    spool = Spool()
    spool.write(b"kept in memory")
    with pytest.raises(OSError, match="No space"):
        spool.write(bytes(2_000_000))
    spool.end()

    with pytest.raises(OSError, match="No space"):
        await asyncio.wait_for(anext(spool.read()), 5)
