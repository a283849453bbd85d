"""A database behind one writer thread that commits in groups, and readers beside it."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar, cast
from zlib import crc32

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from services.common.prepared import Prepared

# SQLAlchemy's own, at some 100 µs, cost more than what a job does in them.
_SAVEPOINT = Prepared(text("SAVEPOINT job"))
_ROLLBACK = Prepared(text("ROLLBACK TO SAVEPOINT job"))
_RELEASE = Prepared(text("RELEASE SAVEPOINT job"))

T = TypeVar("T")
Job = Callable[[Connection], T]

_WAITING = 4096  # jobs; more than that and the caller is told to come back
_GROUP = 256  # jobs in one commit
_READERS = 4
_FROZEN = "30s"  # a process that does nothing in a transaction loses it, and its lock
_LOG_BYTES = 12 * 1024 * 1024  # of SQLite's write-ahead log
_ALONE: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"}  # outside of any transaction
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"

log = structlog.get_logger()


class Overloaded(Exception):
    """More writes wait than can be done soon."""


def store_is_at_fault(error: BaseException) -> bool:
    """Tell a store that fails, which may recover, from data that it will never take."""
    if isinstance(error, DataError | IntegrityError):
        return False
    return isinstance(error, SQLAlchemyError | Overloaded | OSError)


def what_happened(error: BaseException) -> str:
    """Say in a line what a store complained of, without the data that it was given."""
    return str(error.orig) if isinstance(error, DBAPIError) else repr(error)


def sqlite_url(file: Path) -> str:
    """Give the URL of a SQLite file, and make its folder and the file: nobody else may read it, or
    what SQLite lays beside it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    return f"sqlite:///{file}"


class Database:
    """SQLite (WAL, `synchronous=FULL`), or PostgreSQL by a `postgresql://` URL.

    A commit costs a sync to disk, whatever it holds. So writes of many callers share one: each job
    runs in a savepoint of its own, and its caller hears of it after the common commit.

    One writer at a time, on PostgreSQL too, where several processes may share a database: what a
    job has read is still so when it writes (docs/decisions/0003). `name` keeps the tables of
    different services apart there. `prepare` brings the tables up to date.
    """

    def __init__(self, url: str, prepare: Callable[[Connection], None], name: str = "main") -> None:
        self._engine = _sqlite(url) if url.startswith("sqlite") else _postgresql(url, name)
        self.shared = self._engine.dialect.name != "sqlite"
        """Whether other processes may write to it too."""
        self.failure: str | None = None
        """Why the last commit failed; nothing once another has succeeded."""
        with self._writing() as connection:
            prepare(connection)
        self._turn = threading.Lock()
        self._jobs: queue.Queue[_Pending[Any] | None] = queue.Queue(_WAITING)
        self._readers = ThreadPoolExecutor(_READERS, "database-reader")
        self._writer = threading.Thread(target=self._write_groups, name="database-writer")
        self._writer.start()

    async def write(self, job: Job[T]) -> T:
        """Run `job` in a transaction; return after the commit. Raises what `job` raises (its own
        changes are then undone), DBAPIError if the commit fails, Overloaded at once."""
        pending = _Pending(job)
        try:
            self._jobs.put_nowait(pending)
        except queue.Full:
            raise Overloaded from None
        # Shielded: a caller that goes away doesn't undo what is being written.
        return await asyncio.shield(pending.done)

    async def read(self, job: Job[T]) -> T:
        """Run `job`, which only reads, on one snapshot."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, job)

    async def forget(self) -> None:
        """Leave no byte in the files of what was deleted or replaced: they are written anew. Writes
        wait meanwhile, some 5 s for 600 MB."""
        await asyncio.to_thread(self._forget)

    async def close(self) -> None:
        """Write what waits, then close. No call may follow."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown()
        self._engine.dispose()

    def _forget(self) -> None:
        # Not SQLite's `secure_delete`: it leaves copies of rows that once moved to another page.
        with self._turn, self._engine.connect().execution_options(**_ALONE) as connection:
            connection.detach()  # what is set on it must not come back to the pool
            run = connection.exec_driver_sql
            if self.shared:
                run("SET statement_timeout = 0")
                for table in run(_TABLES).scalars().all():
                    run(f'VACUUM (FULL) "{table}"')
                return
            run("VACUUM")
            if run("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]:
                raise TimeoutError("a reader held on to what was deleted")

    def _read(self, job: Job[T]) -> T:
        # Begun here, and not by SQLAlchemy's first statement: what is prepared goes past it.
        with self._engine.connect() as connection, connection.begin():
            return job(connection)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def _write_groups(self) -> None:
        while (first := self._jobs.get()) is not None:
            group = [first]
            stopping = False
            while len(group) < _GROUP:
                try:
                    following = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    stopping = True
                    break
                group.append(following)
            self._write_group(group)
            if stopping:
                return

    def _write_group(self, group: list["_Pending[Any]"]) -> None:
        try:
            with self._turn, self._writing() as connection:
                for pending in group:
                    pending.run(connection)
            self.failure = None
        except Exception as error:  # noqa: BLE001 - handed to every caller of the group
            self.failure = what_happened(error)
            log.error("commit_failed", jobs=len(group), error=self.failure)  # noqa: TRY400
            for pending in group:
                pending.fail(error)
        _tell(group)


class _Pending(Generic[T]):
    """A job, and the caller who waits for it."""

    def __init__(self, job: Job[T]) -> None:
        self._job = job
        self._loop = asyncio.get_running_loop()
        self._result: T | None = None
        self._error: Exception | None = None
        self.done: asyncio.Future[T] = self._loop.create_future()

    def run(self, connection: Connection) -> None:
        """Do the job. Its own error is its caller's alone; a broken transaction is everyone's."""
        try:
            with savepoint(connection):
                self._result = self._job(connection)
        except Exception as error:
            if store_is_at_fault(error):
                raise
            self._error = error
        except BaseException as error:  # noqa: BLE001 - a panic of a Rust library, for one
            # Handed to the caller, in a form that does not end his task or this thread.
            self._error = RuntimeError(f"{type(error).__name__}: {error}")

    def fail(self, error: Exception) -> None:
        """Nothing of the group was written."""
        self._error = error

    def tell(self) -> None:
        """Answer the caller; in the loop's own thread."""
        if self.done.done():
            return
        if self._error is None:
            self.done.set_result(cast("T", self._result))
        else:
            self.done.set_exception(self._error)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where the caller waits."""
        return self._loop


def _tell(group: list[_Pending[Any]]) -> None:
    # All callers live in one loop, and one wake-up serves them all.
    def tell_all() -> None:
        for pending in group:
            pending.tell()

    group[0].loop.call_soon_threadsafe(tell_all)


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """Undo what the body did if it raises, and nothing else."""
    _SAVEPOINT.run(connection)
    try:
        yield
    except BaseException:
        _ROLLBACK.run(connection)
        raise
    finally:
        _RELEASE.run(connection)


def _sqlite(url: str) -> Engine:
    # Statements carry submissions: their parameters must not get into a log.
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:  # noqa: ANN401 - a DBAPI connection
        # The driver's own BEGIN comes too late for savepoints; we say it ourselves, below.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=5000",
            "foreign_keys=ON",
            # Usually a third of that; what it grew to beside a long reader, it gives back.
            f"journal_size_limit={_LOG_BYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        # A writer takes its lock at once: a transaction that first read could not get it later.
        if not options.keys() >= _ALONE.keys():
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

    return engine


def _postgresql(url: str, name: str) -> Engine:
    scheme, rest = url.split("://", 1)
    if scheme not in ("postgres", "postgresql"):
        raise ValueError(f"the database's URL begins with {scheme}:, not with postgresql:")
    engine = create_engine(
        f"postgresql+psycopg://{rest}",
        hide_parameters=True,
        pool_pre_ping=True,  # the server may have been restarted
        connect_args={
            "connect_timeout": 5,
            # A server whose machine is gone says nothing, not even that.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 25_000,
            "options": " ".join(
                (
                    f"-c search_path={name} -c timezone=UTC -c statement_timeout=60s",
                    f"-c idle_in_transaction_session_timeout={_FROZEN}",
                )
            ),
        },
    )
    writers = crc32(f"tinbai {name}".encode())

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("writes"):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({writers})")
        elif not options.keys() >= _ALONE.keys():
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {name}")
    return engine
