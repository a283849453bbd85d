"""How fast archive gives its pages: kept ones beside nginx, which serves the same bytes as files;
pages that nobody asked for before; and kept ones while articles arrive.

`make bench-pages` prints the tables for docs/figures.md. Archive holds 1,000 articles of 620 words
and runs as a process of its own, with its log lines; Kafka is away, and what arrives is handed to
its index as the consumers would. nginx runs one worker, without a log. The load is wrk's, on one
thread with 16 connections; all share the machine's cores.
"""

import asyncio
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import httpx2
import psutil
from fastapi import FastAPI

from bench.nginx import Side, nginx, nginx_version, spread
from schemas.article import Article
from services.archive.app import build, pages_of
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.engine.contract import Engine
from services.archive.serving.pages import ready_pages
from services.archive.settings import ArchiveSettings
from services.common import web
from services.common.instants import now
from services.common.logs import configure_logging
from services.common.tasks import running
from tests.factories import article
from tests.stack.processes import free_port_base, until

_ROUNDS, _SECONDS, _CONNECTIONS = 5, 3, 16
_ARTICLES, _MIXED, _FRESH, _WORDS = 1000, 200, 100, 620
_ARRIVE_EVERY = 0.1  # seconds
_TYPES = 'default_type "text/html; charset=utf-8";'
_WRK = """
local requests, turn, next_one = {}, "%s", 0
function init()
  math.randomseed(1)
  for path in io.lines("%s") do requests[#requests + 1] = wrk.format("GET", path) end
end
function request()
  next_one = turn == "each" and next_one + 1 or math.random(#requests)
  return requests[(next_one - 1) %% #requests + 1]
end
"""
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Measured:
    """Answers a second, the server's processor time for each in microseconds, and milliseconds."""

    rate: float
    cost: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Bench:
    """Both sides, and what they are asked for."""

    folder: Path
    ours: Side
    peer: Side
    ids: Sequence[str]

    def load(self, side: Side, what: str, paths: Sequence[str], turn: str = "any") -> Measured:
        """Ask for `paths`, at random or one after another."""
        listed, script = self.folder / "paths", self.folder / "load.lua"
        listed.write_text("".join(f"{path}\n" for path in paths))
        script.write_text(_WRK % (turn, listed))
        headers = {} if what == "plain" else {"Accept-Encoding": "gzip"}
        if what == "conditional":
            answer = httpx2.get(side.url + paths[0], headers=headers)
            headers["If-None-Match"] = answer.headers["etag"]
        before = sum(side.process.cpu_times()[:2])
        given = [part for header in headers.items() for part in ("-H", ": ".join(header))]
        seconds = f"-d{_SECONDS}s"
        command = ["wrk", "-t1", f"-c{_CONNECTIONS}", seconds, "--latency", "-s", str(script)]
        said = subprocess.run(
            [*command, *given, side.url], capture_output=True, text=True, check=True, timeout=60
        ).stdout
        assert "Non-2xx" not in said, said
        answers = int(re.findall(r"(\d+) requests in", said)[0])
        spent = sum(side.process.cpu_times()[:2]) - before
        p50, p99 = (
            float(value) * _UNITS[unit]
            for value, unit in re.findall(r"(?:50|99)%\s+([\d.]+)(us|ms|s)", said)
        )
        return Measured(answers / _SECONDS, spent / answers * 1e6, p50, p99)

    def round(self, nth: int) -> dict[str, tuple[Measured, Measured | None]]:
        """Measure each once."""
        one = [f"/articles/{self.ids[0]}"]
        mixed = [f"/articles/{each}" for each in self.ids[:_MIXED]]
        with httpx2.Client(base_url=self.ours.url) as http:
            for path in mixed:
                http.get(path)
        measured: dict[str, tuple[Measured, Measured | None]] = {
            f"one page, {what}": (self.load(self.ours, what, one), self.load(self.peer, what, one))
            for what in ("plain", "gzip", "conditional")
        }
        mix = f"{_MIXED} pages, gzip"
        measured[mix] = (self.load(self.ours, "gzip", mixed), self.load(self.peer, "gzip", mixed))
        arriving = self.folder / "arriving"
        arriving.touch()
        for what, paths in (("one page", one), (f"{_MIXED} pages", mixed)):
            asyncio.run(_ask(self.ours.url, paths))
            measured[f"{what}, gzip, articles arriving"] = (
                self.load(self.ours, "gzip", paths),
                None,
            )
        arriving.unlink()
        fresh = [f"/articles/{each}" for each in self.ids[_MIXED + nth * _FRESH :][:_FRESH]]
        measured["not kept: each page once"] = (self.load_once(fresh), None)
        return measured

    def load_once(self, paths: Sequence[str]) -> Measured:
        """Ask for each path once, so that each is rendered."""
        before = sum(self.ours.process.cpu_times()[:2])
        times = sorted(asyncio.run(_ask(self.ours.url, paths)))
        spent = sum(self.ours.process.cpu_times()[:2]) - before
        rate = len(times) / (sum(times) / _AT_ONCE)
        milliseconds = [each * 1000 for each in times]
        return Measured(
            rate,
            spent / len(times) * 1e6,
            milliseconds[len(times) // 2],
            milliseconds[len(times) * 99 // 100],
        )


_AT_ONCE = 4


async def _ask(url: str, paths: Sequence[str]) -> list[float]:
    waiting = iter(paths)

    async def reader(http: httpx2.AsyncClient) -> list[float]:
        taken = []
        for path in waiting:
            answer = await http.get(path)
            assert answer.status_code == 200
            taken.append(answer.elapsed.total_seconds())
        return taken

    async with httpx2.AsyncClient(base_url=url, timeout=60) as http:
        found = await asyncio.gather(*(reader(http) for _ in range(_AT_ONCE)))
    return [each for some in found for each in some]


def main() -> None:
    """Measure, and print a table in Markdown."""
    with tempfile.TemporaryDirectory(prefix="tinbai-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        ids = _fill(folder)
        ours = stack.enter_context(_archive(folder))
        public = folder / "public"
        _copy(ours.url, ids[:_MIXED], public)
        peer = stack.enter_context(nginx(folder, public, _TYPES))
        bench = Bench(folder, ours, peer, ids)
        size = (public / "articles" / ids[0]).stat().st_size
        rounds = [bench.round(each) for each in range(_ROUNDS + 1)][1:]  # the first warms up
        memory = ours.process.memory_info().rss
    _print(rounds, size, memory)


def _words() -> Iterator[Article]:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdeghiklmnopqrstuvxyăâđêôơư", k=5)) for _ in range(5000)]
    while True:
        paragraphs = (" ".join(chance.choices(words, k=_WORDS // 10)) for _ in range(10))
        yield article(
            headline=" ".join(chance.choices(words, k=12)).capitalize(),
            lead=" ".join(chance.choices(words, k=30)),
            body="".join(f"<p>{each}</p>" for each in paragraphs),
            published=now(),
        )


def _fill(folder: Path) -> list[str]:
    engine = EmbeddedEngine(ArchiveSettings(data=folder).index_folder)
    source = _words()
    articles = [next(source) for _ in range(_ARTICLES)]
    for first in range(0, _ARTICLES, 500):
        engine.take(articles[first : first + 500], {})
    engine.close()
    return [str(each.id) for each in articles]


def _copy(url: str, ids: Sequence[str], public: Path) -> None:
    (public / "articles").mkdir(parents=True)
    with httpx2.Client(base_url=url) as http:
        for path in (f"articles/{each}" for each in ids):
            for coding, ending in (("identity", ""), ("gzip", ".gz")):
                with http.stream("GET", path, headers={"Accept-Encoding": coding}) as answer:
                    body = b"".join(answer.iter_raw())
                (public / f"{path}{ending}").write_bytes(body)


@contextmanager
def _archive(folder: Path) -> Iterator[Side]:
    port = free_port_base()
    command = [sys.executable, "-m", "bench.pages", str(folder), str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            until(lambda: _answers(process, url))
            yield Side(url, psutil.Process(process.pid))
        finally:
            process.kill()


def _answers(process: "subprocess.Popen[bytes]", url: str) -> bool:
    assert process.poll() is None, "it stopped"
    with suppress(httpx2.TransportError):
        return httpx2.get(f"{url}/healthz").status_code == 200
    return False


def serve(folder: Path, port: int) -> None:
    """Run archive on `folder`; articles arrive while `folder` has a file `arriving`."""
    settings = ArchiveSettings(data=folder, port=port, kafka_bootstrap="127.0.0.1:1")
    configure_logging("archive", folder)
    app = build(settings)
    opened = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(app):
            engine: Engine = app.state.parts.engine
            async with running(arriving=_arriving(engine, folder / "arriving")):
                yield

    app.router.lifespan_context = lifespan
    web.serve(app, settings, ready_pages(partial(pages_of, app)))


async def _arriving(engine: Engine, while_there: Path) -> None:
    source = _words()
    while True:
        if await asyncio.to_thread(while_there.exists):
            await asyncio.to_thread(engine.take, [next(source)], {})
        await asyncio.sleep(_ARRIVE_EVERY)


def _print(
    rounds: list[dict[str, tuple[Measured, Measured | None]]], size: int, memory: int
) -> None:
    print(
        f"{_ROUNDS} rounds in turn, each `wrk -t1 -c{_CONNECTIONS} -d{_SECONDS}s`, on pages of "
        f"{size:,} bytes of {_ARTICLES:,} articles; {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f} at the end; Python {platform.python_version()}, uvicorn "
        f"{version('uvicorn')}, {nginx_version()}; archive's memory at the end "
        f"{memory / 1e6:,.0f} MB\n"
    )
    print("| what | ours a second | p50, ms | p99, ms | µs each | nginx a second | ratio |")
    print("|---|---|---|---|---|---|---|")
    for what in rounds[0]:
        ours = [each[what][0] for each in rounds]
        rate, p50, p99, cost = (
            statistics.median(getattr(side, name) for side in ours)
            for name in ("rate", "p50", "p99", "cost")
        )
        beside, ratio = "", ""
        if peers := [each[what][1] for each in rounds if each[what][1]]:
            rates = [peer.rate for peer in peers if peer]
            beside = f"{statistics.median(rates):,.0f}"
            ratio = spread([one.rate / other for one, other in zip(ours, rates, strict=True)])
        print(f"| {what} | {rate:,.0f} | {p50:.1f} | {p99:.1f} | {cost:.0f} | {beside} | {ratio} |")


if __name__ == "__main__":
    if sys.argv[1:]:
        serve(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        main()
