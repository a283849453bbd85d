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
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import httpx2
import psutil

from services.common.database import Database, sqlite_url
from services.syndicate import store
from services.syndicate.change import Change
from services.syndicate.tables import TABLES
from tests.factories import article, event
from tests.stack.processes import free_port_base, until
from tests.syndicate.service import syndicate

_ROUNDS, _SECONDS, _CONNECTIONS = 5, 3, 32
_FEED = "/feeds/latest.rss"
_ENTRIES, _WORDS = 50, 620
_PATH = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"
_NGINX = """
daemon off;
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{ application/rss+xml rss; }}
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
    open_file_cache max=1000; gzip_static on;
    server {{ listen 127.0.0.1:{port}; root {public}; }}
}}
"""


@dataclass(frozen=True)
class Side:
    """A server: where it listens, and the process that does the work."""

    url: str
    process: psutil.Process


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
        peer = stack.enter_context(_nginx(folder, public))
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


@contextmanager
def _nginx(folder: Path, public: Path) -> Iterator[Side]:
    port = free_port_base()
    user = f"{folder.owner()} {folder.group()}"
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(user=user, folder=folder, port=port, public=public))
    program = shutil.which("nginx", path=_PATH) or "nginx"
    with subprocess.Popen([program, "-c", config, "-e", "stderr"]) as process:
        try:
            until(lambda: psutil.Process(process.pid).children())
            (worker,) = psutil.Process(process.pid).children()
            yield Side(f"http://127.0.0.1:{port}", worker)
        finally:
            process.terminate()


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
    command = [shutil.which("nginx", path=_PATH) or "nginx", "-v"]
    nginx = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    print(
        f"{_ROUNDS} rounds in turn, each `wrk -t1 -c{_CONNECTIONS} -d{_SECONDS}s`, on {size:,} "
        f"bytes; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end; Python "
        f"{platform.python_version()}, uvicorn {version('uvicorn')}, "
        f"{nginx.strip().rpartition(' ')[2]} (sendfile, open_file_cache, gzip_static)\n"
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
            f"| {what} | {ours.rate:,.0f} | {peer.rate:,.0f} | {_spread(rates)} "
            f"| {ours.cost:.0f} | {peer.cost:.0f} | {_spread(costs)} |"
        )


def _spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


if __name__ == "__main__":
    main()
