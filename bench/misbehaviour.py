"""What partners that misbehave cost the others: `python -m bench.misbehaviour [ROUNDS] [ARTICLES]`.

Well-behaved webhooks get articles at a steady pace, beside ten more that behave as well and beside
ten that do what they can to hold us up, in turns. Told is how long each delivery took, from when
its entry was queued until it was taken, and whether anybody came to an address that is forbidden.
"""

import asyncio
import gzip
import logging
import os
import ssl
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from ipaddress import ip_network
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import structlog
import trustme
from sqlalchemy import Connection, select

from schemas.partner import Format, Product
from services.common.database import Database, sqlite_url
from services.common.instants import now
from services.common.outgoing import Outgoing
from services.syndicate import store
from services.syndicate.changes.emitting import Emitter
from services.syndicate.consequences import follow
from services.syndicate.deliveries import pushing
from services.syndicate.partner_tables import DELIVERY
from services.syndicate.tables import TABLES
from services.syndicate.ways import store as ways
from services.syndicate.ways import webhooks
from services.syndicate.ways.documents import Documents
from services.syndicate.ways.sending import Sender
from services.syndicate.ways.signing import new_secret
from tests.factories import article, event
from tests.syndicate.partners_at_work import SITE, add_partner

_GOOD = 50
_PAUSE = 0.2  # seconds between two articles
_CANARY = "127.0.0.66"
_ALLOWED = [ip_network("127.0.0.1/32")]

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def _saying(head: str, body: bytes = b"") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {head}\r\n\r\n".encode() + body)
        await writer.drain()

    return answer


def _on_and_on(head: bytes, piece: bytes, pause: float = 0) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


def _bad(canary: int) -> dict[str, Answer]:
    bomb = gzip.compress(bytes(50_000_000), 9)
    packed = f"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}"
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    away = f"307 Go\r\nLocation: http://{_CANARY}:{canary}/\r\nContent-Length: 0"
    inside = "302 Go\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0"
    return {
        "slowloris": _on_and_on(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", 0.05),
        "ten-gib": _on_and_on(endless, bytes(65_536)),
        "bomb": _saying(packed, bomb),
        "bad-tls": _saying("200 OK\r\nContent-Length: 0"),
        "loopback": _saying(away),
        "link-local": _saying(inside),
        "moves": _saying("500 No\r\nContent-Length: 0"),
        "crumbs": _on_and_on(chunked, b"1\r\nx\r\n" * 10_000),
        "early-hints": _on_and_on(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2000),
        "headers": _on_and_on(b"HTTP/1.1 200 OK\r\n", b"X-Much: x\r\n" * 5000),
    }


def _serve(pipe: Pipe, canary: int) -> None:
    """Serve good and bad endpoints; tell their ports."""

    async def run() -> None:
        ports = {"good": await _listening(_saying("200 OK\r\nContent-Length: 0"), keep=True)}
        stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("bad-tls.test").configure_cert(stranger)
        for name, answer in _bad(canary).items():
            ports[name] = await _listening(answer, stranger if name == "bad-tls" else None)
        pipe.send(ports)
        await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(run())


async def _listening(
    answer: Answer, context: ssl.SSLContext | None = None, *, keep: bool = False
) -> int:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = head.split(b"content-length:")[1].split(b"\r\n")[0]
                await reader.readexactly(int(length))
                await answer(writer)
                if not keep:
                    break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    return int(server.sockets[0].getsockname()[1])


def _urls(ports: Mapping[str, int], *, misbehaving: bool) -> list[str]:
    others = _GOOD if misbehaving else _GOOD + len(ports) - 1
    urls = [f"http://good-{n}.test:{ports['good']}/hook" for n in range(others)]
    if misbehaving:
        scheme = {"bad-tls": "https"}
        bad = (name for name in ports if name != "good")
        urls += [f"{scheme.get(n, 'http')}://{n}.test:{ports[n]}/hook" for n in bad]
    return urls


async def _filled(folder: Path, urls: Sequence[str]) -> Database:
    database = Database(sqlite_url(folder / "syndicate.db"), TABLES.create_all)

    def partners(connection: Connection) -> None:
        for number, url in enumerate(urls):
            add_partner(connection, f"bao{number}", Product())
            host = url.split("/")[2].split(":")[0]
            secret = new_secret()
            new = ways.NewWay(f"bao{number}", "webhook", Format.JSON, url, host, secret=secret)
            ways.add(connection, new, now())

    await database.write(partners)
    return database


def _engine(database: Database, stored: asyncio.Event) -> pushing.Pushing:
    turns = 0

    async def resolve(host: str, _: int) -> list[str]:
        nonlocal turns
        if host == "moves.test":
            turns += 1
            return ["127.0.0.1" if turns % 2 else _CANARY]
        return ["127.0.0.1"] if host.endswith(".test") else [host]

    trusts = ssl.create_default_context()
    call_out = partial(Outgoing, _ALLOWED, resolve=resolve, verify=trusts, idle=webhooks.KEPT)
    documents = Documents(database, SITE)

    def senders(outgoing: Outgoing) -> Mapping[str, Sender]:
        return {webhooks.KIND: webhooks.Webhooks(outgoing, documents)}

    return pushing.Pushing(database, SITE, call_out, senders, stored)


async def _latencies(urls: Sequence[str], articles: int) -> list[float]:
    """Release articles at a steady pace; give the milliseconds of each of the first partners'
    deliveries."""
    with tempfile.TemporaryDirectory() as folder:
        database = await _filled(Path(folder), urls)
        stored, emitter = asyncio.Event(), Emitter(SITE, follow)

        def release(connection: Connection) -> None:
            made = event(article())
            emitter.take(connection, [made], store.apply_changes(connection, [made]))

        running = asyncio.create_task(_engine(database, stored).run())
        for _ in range(articles):
            await database.write(release)
            stored.set()
            await asyncio.sleep(_PAUSE)
        while len(found := await database.read(_taken)) < _GOOD * articles:
            assert not running.done()
            await asyncio.sleep(0.1)
        running.cancel()
        await asyncio.wait([running])
        await database.close()
        return found


def _taken(connection: Connection) -> list[float]:
    watched = DELIVERY.c.partner.in_([f"bao{number}" for number in range(_GOOD)])
    query = select(DELIVERY.c.created, DELIVERY.c.ended)
    rows = connection.execute(query.where(watched, DELIVERY.c.state == "delivered"))
    return [(row.ended - row.created).total_seconds() * 1000 for row in rows]


async def _compare(pipe: Pipe, canary: asyncio.Server, rounds: int, articles: int) -> None:
    ports = await asyncio.to_thread(pipe.recv)
    ratios = []
    async with canary:
        for _ in range(rounds):
            p99 = {}
            for misbehaving in (False, True):
                found = await _latencies(_urls(ports, misbehaving=misbehaving), articles)
                cuts = statistics.quantiles(found, n=100)
                p99[misbehaving] = cuts[98]
                beside = "bad ones" if misbehaving else "good ones"
                print(
                    f"beside ten {beside}: p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms, "
                    f"max {max(found):.0f} ms; load {os.getloadavg()[0]:.1f}",
                    flush=True,
                )
            ratios.append(p99[True] / p99[False])
    print(f"p99 beside bad ones / beside good ones = {statistics.median(ratios):.2f}")


async def _main(rounds: int, articles: int) -> None:
    came: list[object] = []
    canary = await asyncio.start_server(lambda _, writer: came.append(writer), _CANARY, 0)
    ours, theirs = get_context("spawn").Pipe()
    address = (theirs, canary.sockets[0].getsockname()[1])
    server = get_context("spawn").Process(target=_serve, args=address, daemon=True)
    server.start()
    try:
        await _compare(ours, canary, rounds, articles)
    finally:
        server.terminate()
        server.join()
    print(f"{len(came)} came to the canary")


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(_main(*map(int, sys.argv[1:3] if sys.argv[2:] else (3, 50))))
