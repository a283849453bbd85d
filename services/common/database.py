"""A database behind one writer thread that commits in groups, and readers beside it."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import structlog
from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

T = TypeVar("T")
Job = Callable[[Connection], T]

_WAITING = 4096  # jobs; more than that and the caller is told to come back
_GROUP = 256  # jobs in one commit
_READERS = 4

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
    """Give the URL of a SQLite file, and make its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{file}"


class Database:
    """SQLite (WAL, `synchronous=FULL`) or whatever SQLAlchemy's URL names.

    A commit costs a sync to disk, whatever it holds. So writes of many callers share one: each job
    runs in a savepoint of its own, and its caller hears of it after the common commit.
    """

    def __init__(self, url: str, tables: MetaData) -> None:
        # Statements carry submissions: their parameters must not get into a log.
        self._engine = create_engine(url, hide_parameters=True)
        if self._engine.dialect.name == "sqlite":
            _prepare_sqlite(self._engine)
        tables.create_all(self._engine)
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

    async def close(self) -> None:
        """Write what waits, then close. No call may follow."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown()
        self._engine.dispose()

    def _read(self, job: Job[T]) -> T:
        with self._engine.connect() as connection:
            return job(connection)

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
            with (
                self._engine.connect().execution_options(writes=True) as connection,
                connection.begin(),
            ):
                for pending in group:
                    pending.run(connection)
        except Exception as error:  # noqa: BLE001 - handed to every caller of the group
            log.error("commit_failed", jobs=len(group), error=what_happened(error))  # noqa: TRY400
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
            with connection.begin_nested():
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


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:  # noqa: ANN401 - a DBAPI connection
        # The driver's own BEGIN comes too late for savepoints; we say it ourselves, below.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=5000",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: a transaction that first read could not get it later.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
