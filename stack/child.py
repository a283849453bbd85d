"""A child process: started, listened to, started again when it dies, and stopped."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from stack.backoff import Backoff
from stack.leash import leashed

STOP_TIMEOUT = 20.0  # then SIGKILL
_LAST_WORDS = 1.0
_CHUNK = 64 * 1024

logger = structlog.get_logger()


@dataclass(frozen=True)
class Program:
    """What to run, and who takes the lines that it prints."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    folder: Path
    hear: Callable[[str], None]


class Child:
    """A program that is kept running until it is told to stop."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.restarts = 0
        self._process: asyncio.subprocess.Process | None = None
        self._started = 0.0
        self._stopping = asyncio.Event()
        self._log = logger.bind(process=program.name)

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    @property
    def uptime(self) -> float:
        """Seconds since it was started, 0 while it isn't running."""
        return time.monotonic() - self._started if self.pid else 0.0

    def stop(self) -> None:
        """Tell it to stop; `keep_running` returns when it has."""
        self._stopping.set()

    async def keep_running(self) -> None:
        """Run it, and run it again after a pause when it dies, until `stop`."""
        backoff = Backoff()
        while not self._stopping.is_set():
            await self._run()
            if self._stopping.is_set():
                return
            pause = backoff.pause(time.monotonic() - self._started)
            self._log.warning("process_died", code=self._exit_code, restart_in=pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            self.restarts += 1

    @property
    def _exit_code(self) -> int | None:
        return self._process.returncode if self._process else None

    async def _run(self) -> None:
        self._started = time.monotonic()
        try:
            process = self._process = await self._spawn()
        except OSError as error:  # no memory, no process left: it may pass
            self._log.warning("process_not_started", error=str(error))
            return
        self._log.info("process_started", pid=process.pid)
        hearing = asyncio.create_task(self._hear(process))
        exited = asyncio.create_task(process.wait())
        told = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({exited, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not exited.done():
            await self._end(process)
        # A grandchild may hold the pipe open: don't wait for it.
        await asyncio.wait({exited, hearing}, timeout=_LAST_WORDS)
        hearing.cancel()

    async def _spawn(self) -> asyncio.subprocess.Process:
        # A session of its own: a terminal's Ctrl-C reaches the supervisor only, which stops
        # its children in order.
        return await asyncio.create_subprocess_exec(
            *leashed(self.program.command),
            cwd=self.program.folder,
            env=self.program.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT)
        except TimeoutError:
            self._log.warning("process_killed", after_s=STOP_TIMEOUT)
            process.kill()
            await process.wait()
        self._log.info("process_stopped", code=process.returncode)

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is not None:
            async for line in _lines(process.stdout):
                self.program.hear(line)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Split into lines of at most a chunk; `readline` would raise at a longer one."""
    rest = b""
    while chunk := await stream.read(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > _CHUNK:
            lines, rest = [*lines, rest], b""
        for line in lines:
            yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")
