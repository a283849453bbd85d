import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from stack import child
from stack.child import Child, Program
from stack.leash import leashed
from tests.stack import processes

DEADLINE = 60
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def kept(command: list[str], heard: list[str] | None = None) -> AsyncIterator[Child]:
    program = Program(
        "sleeper", command, os.environ, Path.cwd(), hear=(heard if heard is not None else []).append
    )
    it = Child(program)
    running = asyncio.create_task(it.keep_running())
    try:
        yield it
    finally:
        it.stop()
        await asyncio.wait_for(running, DEADLINE)


async def test_a_killed_child_is_started_again():
    async with kept(SLEEPER) as sleeper:
        await until(lambda: sleeper.pid)
        first = sleeper.pid
        assert first
        os.kill(first, 9)
        await until(lambda: sleeper.pid not in (None, first))
        assert sleeper.restarts == 1


async def test_a_stopped_child_is_gone_and_stays_gone():
    async with kept(SLEEPER) as sleeper:
        await until(lambda: sleeper.pid)
        pid = sleeper.pid
        assert pid
    assert sleeper.pid is None
    assert not processes.alive(pid)


async def test_a_child_can_be_stopped_while_it_waits_to_be_started_again(monkeypatch):
    monkeypatch.setattr("stack.backoff.FIRST", 600)
    async with kept([sys.executable, "-c", "raise SystemExit(1)"]) as failing:
        await until(lambda: failing.pid)
        await until(lambda: failing.pid is None)
    assert failing.restarts <= 1


async def test_a_child_that_ignores_sigterm_is_killed(monkeypatch):
    monkeypatch.setattr(child, "STOP_TIMEOUT", 0.2)
    heard: list[str] = []
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('deaf', flush=True); time.sleep(600)"
    )
    async with kept([sys.executable, "-c", deaf], heard) as stubborn:
        await until(lambda: heard)
        pid = stubborn.pid
        assert pid
    assert not processes.alive(pid)


async def test_what_a_child_prints_is_heard_line_by_line_however_long():
    heard: list[str] = []
    talk = "import sys; print('one'); print('x' * 200_000); print('last', file=sys.stderr)"
    async with kept([sys.executable, "-u", "-c", talk], heard):
        await until(lambda: "last" in heard)
    assert heard[0] == "one"
    assert sum(len(line) for line in heard if line.startswith("x")) >= 200_000


async def test_a_program_that_is_not_there_is_tried_again():
    heard: list[str] = []
    async with kept(["/nowhere/java"], heard) as missing:
        await until(lambda: missing.restarts)
    assert heard[0] == "/nowhere/java: No such file or directory"


def test_a_leashed_child_dies_with_its_parent():
    code = (
        "import subprocess; from stack.leash import leashed;"
        f"child = subprocess.Popen(leashed({SLEEPER!r}));"
        "print(child.pid, flush=True); child.wait()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        grandchild = int(parent.stdout.readline())
        parent.kill()
    processes.until(lambda: not processes.alive(grandchild))


def test_a_leashed_child_does_not_outlive_a_parent_that_is_gone_already():
    command = leashed(SLEEPER)
    command[3] = "1"  # not our pid
    assert subprocess.run(command, timeout=DEADLINE, capture_output=True).returncode == 1
