"""Train the AOT cache: run a throw-away broker once, so that real ones start in a second."""

import asyncio
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from stack.broker import Broker
from stack.cache import locked_cache, scratch
from stack.errors import StackError
from stack.fetch import ensure_jars
from stack.java import Java
from stack.kafka_probe import kafka_answers
from stack.leash import leashed

_START_TIMEOUT = 60
_STOP_TIMEOUT = 60  # the cache is written when the broker stops
_POLL = 0.05


def prepared_java() -> Java:
    """Give the Java machine with all that a first start fetches and makes."""
    java = Java(ensure_jars())
    ensure_aot_cache(java)
    return java


def ensure_aot_cache(java: Java) -> None:
    """Make the cache if it isn't there. A broker starts without it too, only slower."""
    if java.aot_cache.exists():
        return
    try:
        with locked_cache() as cache:
            if not java.aot_cache.exists():
                print("Preparing the broker's fast start (this once) …", file=sys.stderr)
                _train(java, cache)
    except (OSError, StackError, subprocess.TimeoutExpired) as error:
        print(f"The broker will start without its AOT cache: {error}", file=sys.stderr)


def _train(java: Java, cache: Path) -> None:
    with scratch(cache, "training") as folder:
        made = folder / "made.aot"
        port, controller_port = _free_ports(2)
        broker = Broker(folder, java, port, controller_port)
        broker.prepare()
        command = java.command(
            "kafka.Kafka",
            str(broker.folder / "server.properties"),
            flags=[f"-XX:AOTCacheOutput={made}"],
        )
        with subprocess.Popen(
            leashed(command),
            cwd=folder,
            env=java.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                asyncio.run(_until_it_answers(process, port))
                process.terminate()
                process.wait(_STOP_TIMEOUT)
            finally:
                process.kill()
        made.rename(java.aot_cache)


async def _until_it_answers(process: "subprocess.Popen[bytes]", port: int) -> None:
    async with asyncio.timeout(_START_TIMEOUT):
        while not await kafka_answers("127.0.0.1", port):
            if process.poll() is not None:
                raise StackError(f"Java stopped with code {process.returncode}.")
            await asyncio.sleep(_POLL)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
