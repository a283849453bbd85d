"""A crowd of WebSub subscribers, some slow, some dead: when do the others have a change?

`python -m bench.hub 1000` prints a line of a table. The subscribers live in a process of their own.
"""

import asyncio
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from services.common.database import Database, sqlite_url
from services.common.instants import now
from services.common.outgoing import Outgoing
from services.syndicate.feeds.binding import Document
from services.syndicate.feeds.site import Site
from services.syndicate.hub.hub import Hub
from services.syndicate.settings import SyndicateSettings
from services.syndicate.tables import HUB_SUBSCRIPTION, TABLES
from tests.syndicate.hub.subscribers import Answer, Call, here, serving

TOPIC = "/feeds/latest.atom"
BODY = os.urandom(250_000)
# Of each twenty two hang on one host, one on its own; one redirects, one fails, one is dead.
HANGING, ON_ONE_HOST, DEAD = (0, 10, 5), (0, 10), 3
REDIRECTS, FAILS = 1, 2
BAD = {*HANGING, DEAD, REDIRECTS, FAILS}


def behave(call: Call) -> Answer:
    match int(call.target[1:]) % 20:
        case number if number in HANGING:
            return None
        case number if number == REDIRECTS:
            return 302, b""
        case number if number == FAILS:
            return 500, b""
    return 200, b""


async def _subscribe(pipe: Pipe) -> None:
    async with serving() as callbacks:
        callbacks.behave = behave
        pipe.send(callbacks.port)
        await asyncio.to_thread(pipe.recv)


def subscribers(pipe: Pipe) -> None:
    asyncio.run(_subscribe(pipe))


def row(number: int, port: int) -> dict[str, object]:
    kind = number % 20
    host = "many.test" if kind in ON_ONE_HOST else f"s{number}.test"
    return {
        "topic": TOPIC,
        "callback": f"http://{host}:{1 if kind == DEAD else port}/{number}",
        "host": host,
        "secret": f"secret {number}",
        "expires": now() + timedelta(days=1),
        "pushed": "old",
        "failures": 0,
    }


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def taken(connection: Connection) -> int:
    done = HUB_SUBSCRIPTION.c.pushed != "old"
    return connection.scalars(select(func.count()).where(done)).one()


async def measure(crowd: int, port: int, folder: str) -> None:
    database = Database(sqlite_url(Path(folder) / "hub.db"), TABLES.create_all)
    rows = [row(number, port) for number in range(crowd)]
    await database.write(lambda connection: connection.execute(insert(HUB_SUBSCRIPTION), rows))
    good = sum(number % 20 not in BAD for number in range(crowd))
    site = Site("https://feeds.example", "https://paper.example")
    call_out = partial(Outgoing, [ip_network("127.0.0.0/8")], resolve=here)
    hub = Hub(database, site, SyndicateSettings(data=Path(folder)), call_out)
    running = asyncio.create_task(hub.run())
    before, began = memory(), time.perf_counter()
    hub.topics.shown(Document(TOPIC, "application/atom+xml", '"n"', BODY))
    times = dict.fromkeys((0.5, 0.99, 1.0), 0.0)
    longest_stall = 0.0
    while not times[1.0]:
        stall = time.perf_counter()
        await asyncio.sleep(0.01)
        longest_stall = max(longest_stall, time.perf_counter() - stall - 0.01)
        done = await database.read(taken)
        for share in times:
            if not times[share] and done >= good * share:
                times[share] = time.perf_counter() - began
    running.cancel()
    await asyncio.wait([running])
    await database.close()
    print(
        f"| {crowd} | {good} | {times[0.5]:.1f} s | {times[0.99]:.1f} s | {times[1.0]:.1f} s "
        f"| {memory() - before:.0f} MB | {longest_stall * 1000:.0f} ms |"
    )


def main() -> None:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=subscribers, args=(theirs,))
    process.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure(int(sys.argv[1]), ours.recv(), folder))
    finally:
        process.kill()


if __name__ == "__main__":
    main()
