"""Many callers share a commit; each hears of its own job alone."""

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from services.common.database import Database, sqlite_url
from services.common.prepared import Prepared

tables = MetaData()
numbers = Table("numbers", tables, Column("number", Integer, primary_key=True))


@pytest.fixture
async def database(database_url):
    opened = Database(database_url, tables.create_all)
    yield opened
    await opened.close()


def add(number: int):
    def job(conn) -> int:
        conn.execute(insert(numbers).values(number=number))
        return number

    return job


def count(conn) -> int:
    return conn.scalar(select(func.count()).select_from(numbers))


async def test_every_job_is_done_when_its_caller_hears_of_it(database):
    assert await asyncio.gather(*(database.write(add(n)) for n in range(500))) == list(range(500))
    assert await database.read(count) == 500


async def test_a_job_that_fails_undoes_its_own_changes_and_nobody_elses(database):
    def half_way(conn) -> None:
        conn.execute(insert(numbers).values(number=100))
        raise ValueError("no")

    outcomes = await asyncio.gather(
        database.write(add(1)),
        database.write(half_way),
        database.write(add(1)),
        database.write(add(2)),
        return_exceptions=True,
    )

    assert outcomes[0] == 1
    assert isinstance(outcomes[1], ValueError)
    assert isinstance(outcomes[2], IntegrityError)
    assert outcomes[3] == 2
    assert await database.read(count) == 2


async def test_a_caller_that_goes_away_does_not_undo_what_it_asked_for(database):
    task = asyncio.create_task(database.write(add(1)))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await database.write(add(2))

    assert await database.read(count) == 2


async def test_sqlite_syncs_each_commit_to_disk(tmp_path):
    def pragmas(conn):
        names = ("journal_mode", "synchronous")
        return [conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    database = Database(sqlite_url(tmp_path / "x" / "test.db"), tables.create_all)
    assert await database.read(pragmas) == ["wal", 2]
    await database.close()


async def test_nobody_else_may_read_its_files_in_which_secrets_are(tmp_path):
    database = Database(sqlite_url(tmp_path / "test.db"), tables.create_all)
    await database.write(lambda connection: connection.execute(text("SELECT 1")))
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    await database.close()
    assert modes == dict.fromkeys(("test.db", "test.db-wal", "test.db-shm"), 0o600)


async def test_a_reader_sees_one_snapshot_whatever_way_it_reads(database):
    prepared = Prepared(select(func.count()).select_from(numbers))
    loop = asyncio.get_running_loop()

    def read(conn) -> tuple[int, int]:
        before = prepared.rows(conn)[0][0]
        asyncio.run_coroutine_threadsafe(database.write(add(1)), loop).result()
        return before, count(conn)

    assert await database.read(read) == (0, 0)
    assert await database.read(count) == 1


async def test_what_a_job_read_still_holds_when_it_writes_also_among_processes(postgresql_url):
    def take_the_next_number(conn) -> int:
        number = count(conn)
        conn.execute(insert(numbers).values(number=number))
        return number

    shared = [Database(postgresql_url, tables.create_all) for _ in range(3)]
    taken = await asyncio.gather(
        *(database.write(take_the_next_number) for _ in range(100) for database in shared)
    )
    for database in shared:
        await database.close()

    assert sorted(taken) == list(range(300))


async def test_not_even_a_panic_in_a_job_stops_the_writer(database):
    class Panic(BaseException):
        """As Rust libraries raise it."""

    def panics(_) -> None:
        raise Panic

    with pytest.raises(RuntimeError, match="Panic"):
        await database.write(panics)

    assert await database.write(add(1)) == 1


async def test_an_error_of_the_store_does_not_tell_what_was_to_be_stored(database):
    def secret(conn) -> None:
        conn.execute(text("INSERT INTO nowhere VALUES (:text)"), {"text": "contact: 0900"})

    with pytest.raises(DBAPIError) as failed:
        await database.write(secret)

    assert "0900" not in str(failed.value)


async def test_no_byte_of_what_was_deleted_is_left_in_its_files(tmp_path):
    opened = Database(sqlite_url(tmp_path / "test.db"), tables.create_all)
    texts = Table("texts", MetaData(), Column("id", Integer, primary_key=True), Column("t", Text))

    def fill(conn) -> None:
        texts.create(conn)
        conn.execute(insert(texts), [{"id": n, "t": f"mark-{n} " * 90} for n in range(500)])

    await opened.write(fill)
    await opened.write(lambda conn: conn.execute(texts.delete().where(texts.c.id % 3 > 0)))
    assert b"mark-1 " in held_in(tmp_path)

    await asyncio.gather(opened.forget(), *(opened.write(add(n)) for n in range(300)))

    held = held_in(tmp_path)
    assert not [n for n in range(500) if n % 3 and f"mark-{n} ".encode() in held]
    assert b"mark-3 " in held
    assert await opened.read(count) == 300
    await opened.close()


async def test_writes_go_on_beside_and_after_forgetting(database):
    await asyncio.gather(*(database.write(add(n)) for n in range(50)), database.forget())
    await database.write(add(50))
    assert await database.read(count) == 51


def held_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_a_process_that_froze_in_a_transaction_does_not_hold_up_the_others(
    postgresql_url, monkeypatch
):
    monkeypatch.setattr("services.common.database._FROZEN", "1s")
    frozen, other = (Database(postgresql_url, tables.create_all) for _ in range(2))
    thaw, holds = threading.Event(), threading.Event()

    def hold(conn) -> None:
        add(1)(conn)
        holds.set()
        thaw.wait(20)
        count(conn)

    held = asyncio.create_task(frozen.write(hold))
    await asyncio.to_thread(holds.wait, 10)
    try:
        async with asyncio.timeout(10):
            assert await other.write(add(2)) == 2
    finally:
        thaw.set()
        with pytest.raises(SQLAlchemyError):
            await held
    assert await frozen.write(add(3)) == 3
    assert await other.read(lambda conn: conn.scalars(select(numbers.c.number)).all()) == [2, 3]
    await asyncio.gather(frozen.close(), other.close())
