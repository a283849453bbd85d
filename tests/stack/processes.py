"""Processes and ports, for tests that start real ones."""

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from random import SystemRandom

import psutil

DEADLINE = 120.0  # seconds: for a machine that has much else to do
_PATIENCE = 20  # so many times between two looks is what was waited so far


def until(condition: Callable[[], object], deadline: float = DEADLINE, pause: float = 0.1) -> None:
    """Wait for something that must come.

    What is waited for is asked ever more seldom, but each `pause` seconds at least: asking costs it
    and its neighbours time.
    """
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        assert waited < deadline, "it did not come in time"
        time.sleep(min(max(waited / _PATIENCE, 0.01), pause))


def alive(pid: int) -> bool:
    """Where nobody reaps orphans, a dead one stays as a zombie."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def free_port_base() -> int:
    """Find a base whose ports are free, below those that the kernel gives to clients."""
    while True:
        base = SystemRandom().randrange(10_000, 32_000)
        try:
            with ExitStack() as held:
                for offset in (0, 1, 2, 3, 92, 93, 94):
                    held.enter_context(socket.create_server(("127.0.0.1", base + offset)))
        except OSError:
            continue
        return base
