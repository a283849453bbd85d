"""How fast syndicate serves a feed: beside nginx, in turn, which serves the same bytes as files.

`make bench-serving` prints the table for docs/figures.md. The feed has 50 entries with bodies, some
250 KB. nginx runs one worker, without a log, on the folder that syndicate writes. The load is
wrk's, on one thread with 32 connections; all three share the machine's cores.
"""

import asyncio
import os
import platform
import random
import re
import statistics
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import httpx2
import psutil

from bench.nginx import Side, nginx, nginx_version, spread
from services.common.database import Database, sqlite_url
from services.syndicate import store
from services.syndicate.change import Change
from services.syndicate.tables import TABLES
from tests.factories import article, event
from tests.stack.processes import until
from tests.syndicate.service import syndicate

_ROUNDS, _SECONDS, _CONNECTIONS = 5, 3, 32
_FEED = "/feeds/latest.rss"
_ENTRIES, _WORDS = 50, 620
_TYPES = "types { application/rss+xml rss; }"


@dataclass(frozen=True)
class Measured:
    """Answers a second, and the server's processor time for each, in microseconds."""

    rate: float
    cost: float


def main() -> None:
    """Measure, and print a table in Markdown."""
    with tempfile.TemporaryDirectory(prefix="tinbai-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        asyncio.run(_fill(folder))
        service = stack.enter_context(syndicate(folder))
        public = folder / "syndicate" / "public"
        until((public / f"{_FEED[1:]}.gz").exists)
        ours = Side(service.url, psutil.Process(service.process.pid))
        peer = stack.enter_context(nginx(folder, public, _TYPES))
        size = len(httpx2.get(ours.url + _FEED).content)
        rounds = [_round(ours, peer) for _ in range(_ROUNDS + 1)][1:]  # the first warms up
    _print(rounds, size)


async def _fill(folder: Path) -> None:
    database = Database(sqlite_url(folder / "syndicate" / "syndicate.db"), TABLES.create_all)
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdeghiklmnopqrstuvxyăâđêôơư", k=5)) for _ in range(5000)]
    bodies = [f"<p>{' '.join(chance.choices(words, k=_WORDS))}</p>" for _ in range(_ENTRIES)]
    changes: list[Change] = [event(article(body=body)) for body in bodies]
    await database.write(partial(store.apply_changes, changes=changes))
    await database.close()


def _round(ours: Side, peer: Side) -> dict[str, tuple[Measured, Measured]]:
    return {
        what: (_load(ours, what), _load(peer, what)) for what in ("plain", "gzip", "conditional")
    }


def _load(side: Side, what: str) -> Measured:
    url = side.url + _FEED
    headers = {} if what == "plain" else {"Accept-Encoding": "gzip"}
    if what == "conditional":
        headers["If-None-Match"] = httpx2.get(url, headers=headers).headers["etag"]
    before = sum(side.process.cpu_times()[:2])
    given = [part for header in headers.items() for part in ("-H", ": ".join(header))]
    command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}s", *given, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    answers = int(re.findall(r"(\d+) requests in", said)[0])
    spent = sum(side.process.cpu_times()[:2]) - before
    return Measured(answers / _SECONDS, spent / answers * 1e6)


def _print(rounds: list[dict[str, tuple[Measured, Measured]]], size: int) -> None:
    print(
        f"{_ROUNDS} rounds in turn, each `wrk -t1 -c{_CONNECTIONS} -d{_SECONDS}s`, on {size:,} "
        f"bytes; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end; Python "
        f"{platform.python_version()}, uvicorn {version('uvicorn')}, "
        f"{nginx_version()} (sendfile, open_file_cache, gzip_static)\n"
    )
    print("| what | ours a second | nginx a second | ratio | ours, µs each | nginx, µs | ratio |")
    print("|---|---|---|---|---|---|---|")
    for what in rounds[0]:
        pairs = [each[what] for each in rounds]
        rates = sorted(ours.rate / peer.rate for ours, peer in pairs)
        costs = sorted(peer.cost / ours.cost for ours, peer in pairs)
        ours, peer = (
            Measured(
                statistics.median(side.rate for side in sides),
                statistics.median(side.cost for side in sides),
            )
            for sides in zip(*pairs, strict=True)
        )
        print(
            f"| {what} | {ours.rate:,.0f} | {peer.rate:,.0f} | {spread(rates)} "
            f"| {ours.cost:.0f} | {peer.cost:.0f} | {spread(costs)} |"
        )


if __name__ == "__main__":
    main()
