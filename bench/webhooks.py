"""Webhooks beside a bare client: `python -m bench.webhooks [ENDPOINTS] [ARTICLES]`.

The engine, with all that makes a delivery safe (a signature, a claim and an outcome that are
stored), and bare `httpx2.AsyncClient`s with kept connections post the same bodies to the same
endpoints, as many at once, in turns. `python -m bench.webhooks memory` fills a store with a million
waiting deliveries and shows what the engine takes beside them.
"""

import asyncio
import resource
import socket
import ssl
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import httpx2
from sqlalchemy import ColumnElement, Connection, case, func, insert, literal, select

from schemas.partner import Entry, Format, Product
from services.common.database import Database, sqlite_url
from services.common.instants import Instant, now
from services.common.outgoing import Outgoing
from services.syndicate import store
from services.syndicate.changes.emitting import Emitter
from services.syndicate.changes.entries import page
from services.syndicate.consequences import follow
from services.syndicate.deliveries import pushing
from services.syndicate.deliveries.claims import Standing
from services.syndicate.partner_tables import DELIVERY, HOLDING, PARTNER_ENTRY, VERSION, WAY
from services.syndicate.tables import TABLES
from services.syndicate.ways import store as ways
from services.syndicate.ways import webhooks
from services.syndicate.ways.documents import Documents
from services.syndicate.ways.sending import Sender
from services.syndicate.ways.signing import new_secret
from tests.factories import TRACE, article, event
from tests.syndicate.partners_at_work import SITE, add_partner

_ROUNDS = 3
_ARTICLES = 5000  # for 200 partners: a million deliveries
_PLACES = pushing.BOUNDS[Standing.PROMPT].places
_LOOPBACK = [ip_network("127.0.0.0/8")]
_UNUSED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # it is all plain HTTP
_random = Random(7)


_YES = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class _Endpoint(asyncio.Protocol):
    """Reads requests and says yes."""

    def __init__(self) -> None:
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            head = self._got[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self._got) < end + 4 + length:
                return
            self._got = self._got[end + 4 + length :]
            self._transport.write(_YES)


def _serve(listening: Sequence[socket.socket]) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            for each in listening:
                await stack.enter_async_context(await loop.create_server(_Endpoint, sock=each))
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(run())


def _listening(endpoints: int) -> tuple[list[socket.socket], list[str]]:
    """Listen at so many addresses of loopback: one host has only so many places."""
    sockets = [
        socket.create_server((f"127.1.{n // 250}.{n % 250 + 1}", 0), backlog=100)
        for n in range(endpoints)
    ]
    places = ("{}:{}".format(*each.getsockname()) for each in sockets)
    return sockets, [f"http://{place}/hook" for place in places]


async def _filled(folder: Path, urls: Sequence[str], articles: int) -> Database:
    """Make a store in which every partner waits for every article."""
    database = Database(sqlite_url(folder / "syndicate.db"), TABLES.create_all)

    def partners(connection: Connection) -> None:
        for number, url in enumerate(urls):
            add_partner(connection, f"bao{number}", Product())
            host = url.split("/")[2].split(":")[0]
            new = ways.NewWay(
                f"bao{number}", "webhook", Format.JSON, url, host, secret=new_secret()
            )
            ways.add(connection, new, now())

    await database.write(partners)
    for _ in range(articles):
        await _release(database)
    return database


async def _release(database: Database) -> None:
    made = event(article(body=f"<p>{_random.randbytes(1400).hex()}</p>"))

    def job(connection: Connection) -> None:
        effective = store.apply_changes(connection, [made])
        Emitter(SITE, follow).take(connection, [made], effective)

    await database.write(job)


def _bodies(connection: Connection, partner: str) -> list[Entry]:
    return list(page(connection, partner, 0, 1000, SITE).items)


def _waiting(connection: Connection) -> int:
    query = select(func.count()).select_from(DELIVERY).where(DELIVERY.c.state == "waiting")
    return connection.scalars(query).one()


def _engine(database: Database, stored: asyncio.Event) -> pushing.Pushing:
    call_out = partial(Outgoing, _LOOPBACK, verify=_UNUSED, idle=webhooks.KEPT)
    documents = Documents(database, SITE)

    def senders(outgoing: Outgoing) -> Mapping[str, Sender]:
        return {webhooks.KIND: webhooks.Webhooks(outgoing, documents)}

    return pushing.Pushing(database, SITE, call_out, senders, stored)


async def _by_engine(database: Database, deliveries: int) -> float:
    engine = _engine(database, asyncio.Event())
    begun = time.perf_counter()
    running = asyncio.create_task(engine.run())
    while await database.read(_waiting):
        await asyncio.sleep(0.05)
    took = time.perf_counter() - begun
    running.cancel()
    await asyncio.wait([running])
    states = select(DELIVERY.c.state, func.count()).group_by(DELIVERY.c.state)
    found = [tuple(row) for row in await database.read(lambda c: c.execute(states).all())]
    assert found == [("delivered", deliveries)], found
    return deliveries / took


async def _by_bare_clients(jobs: Sequence[tuple[str, bytes]], clients: int) -> float:
    """Post with so many clients. One keeps all its connections in one pool, which it goes through
    at every request; many have a few each."""
    most = -(-_PLACES // clients)
    limits = httpx2.Limits(max_connections=_PLACES, max_keepalive_connections=most)
    left = iter(jobs)
    async with AsyncExitStack() as opened:
        made = [
            await opened.enter_async_context(
                httpx2.AsyncClient(limits=limits, trust_env=False, verify=_UNUSED)
            )
            for _ in range(clients)
        ]

        async def post() -> None:
            for url, body in left:
                client = made[hash(url) % clients]
                (await client.post(url, content=body)).raise_for_status()

        begun = time.perf_counter()
        await asyncio.gather(*(post() for _ in range(_PLACES)))
        return len(jobs) / (time.perf_counter() - begun)


async def _compare(urls: Sequence[str], articles: int) -> None:
    endpoints = len(urls)
    found: dict[str, list[float]] = {"a bare client": [], "a bare client each": [], "engine": []}
    print(f"httpx2 {httpx2.__version__}; {endpoints} endpoints, {articles} articles, each to all")
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            database = await _filled(Path(folder), urls, articles)
            jobs = []
            for number, url in enumerate(urls):
                entries = await database.read(partial(_bodies, partner=f"bao{number}"))
                jobs += [(url, entry.model_dump_json().encode()) for entry in entries]
            _random.shuffle(jobs)
            found["a bare client"].append(await _by_bare_clients(jobs, 1))
            found["a bare client each"].append(await _by_bare_clients(jobs, endpoints))
            found["engine"].append(await _by_engine(database, len(jobs)))
            await database.close()
    engine = found.pop("engine")
    print(f"engine: {statistics.median(engine):,.0f}/s, {_PLACES} at once")
    for name, bare in found.items():
        ratio = statistics.median(ours / theirs for ours, theirs in zip(engine, bare, strict=True))
        print(f"{name}: {statistics.median(bare):,.0f}/s; engine / {name} = {ratio:.2f}")


async def _memory(urls: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = await _filled(Path(folder), urls, 0)
        before = _resident()
        await database.write(_articles)
        for start in range(0, _ARTICLES, 500):
            await database.write(partial(_backlog, start=start, end=start + 500))
        filled, left = _resident(), await database.read(_waiting)
        running = asyncio.create_task(_engine(database, asyncio.Event()).run())
        begun = time.perf_counter()
        await asyncio.sleep(20)
        done = left - await database.read(_waiting)
        print(
            f"{left:,} wait; resident before {before:.0f} MB, with the store filled {filled:.0f}, "
            f"at work {_resident():.0f}; {done / (time.perf_counter() - begun):,.0f} a second"
        )
        running.cancel()
        await asyncio.wait([running])
        await database.close()


def _articles(connection: Connection) -> None:
    rows = []
    for _ in range(_ARTICLES):
        made = article()
        json = made.model_dump_json().encode()
        rows.append({"article": made.id, "version": 1, "json": json, "digest": "", "at": now()})
    connection.execute(insert(VERSION), rows)


def _backlog(connection: Connection, start: int, end: int) -> None:
    """Have every partner wait for these articles; each tenth has failed and waits for its turn."""
    number = func.row_number().over(order_by=VERSION.c.article).label("number")
    numbered = select(VERSION.c.article, VERSION.c.digest, number).subquery()
    n, at, later = numbered.c.number, literal(now(), Instant), now() + timedelta(days=1)
    due_at = case((n % 10 == 0, literal(later, Instant)), else_=at)
    same: dict[str, ColumnElement[Any]] = {
        "partner": WAY.c.partner,
        "article": numbered.c.article,
        "version": literal(1),
    }
    told = same | {"kind": literal("published"), "at": at, "place": at, "seq": n}
    told |= {"reason": literal(""), "digest": numbered.c.digest, "product": literal(1)}
    waits = same | {"way": WAY.c.id, "queue": WAY.c.queue, "entry": n, "rank": literal(1)}
    waits |= {"message": literal("m"), "replay": literal(False), "state": literal("waiting")}
    waits |= {"due_at": due_at, "attempts": literal(0), "created": at}
    waits |= {"trace": literal(TRACE.model_dump_json())}
    for table, values in ((PARTNER_ENTRY, told), (HOLDING, told), (DELIVERY, waits)):
        of_table = {name: value for name, value in values.items() if name in table.c}
        rows = select(*of_table.values()).select_from(WAY.join(numbered, n.between(start + 1, end)))
        connection.execute(insert(table).from_select(list(of_table), rows))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    memory = sys.argv[1:] == ["memory"]
    endpoints, articles = map(int, sys.argv[1:3]) if sys.argv[2:] else (200, 30)
    listening, urls = _listening(endpoints)
    server = get_context("spawn").Process(target=_serve, args=(listening,), daemon=True)
    server.start()
    # It answers once it has read all of this.
    httpx2.post(urls[-1], content=b"x", timeout=60).raise_for_status()
    try:
        asyncio.run(_memory(urls) if memory else _compare(urls, articles))
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
