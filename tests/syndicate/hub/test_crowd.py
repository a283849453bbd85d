"""Many subscribers: those who are slow, or dead, hold up nobody else."""

import asyncio
import os
import time
from collections import Counter
from datetime import timedelta

from sqlalchemy import insert

from services.common.instants import now
from services.common.outgoing import Limits
from services.syndicate.hub import delivery
from services.syndicate.tables import HUB_SUBSCRIPTION
from tests.syndicate.hub.conftest import TOPIC, working

CROWD = int(os.environ.get("TINBAI_TEST_CROWD", "150"))
BODY = os.urandom(250_000)

# Of each ten subscribers, by the end of their paths.
BEHAVIOUR = {"0": "hangs", "1": "redirects", "2": "fails", "3": "dies"}


def behave(call):
    match BEHAVIOUR.get(call.target[-1]):
        case "hangs":
            return None
        case "redirects":
            return 302, b""
        case "fails":
            return 500, b""
        case _:
            return 200, b""


def rows(port: int, dead: int) -> list[dict[str, object]]:
    """Each tenth hangs, each tenth of one host; each tenth has nobody who listens."""
    return [
        {
            "topic": TOPIC,
            "callback": f"http://s{n}.test:{dead if n % 10 == 3 else port}/{n}",
            "host": "one-for-many.test" if n % 10 == 0 else f"s{n}.test",
            "secret": f"secret {n}",
            "expires": now() + timedelta(days=1),
            "pushed": "old",
            "failures": 0,
        }
        for n in range(CROWD)
    ]


async def test_all_who_answer_have_it_soon(database, site, callbacks, monkeypatch):
    monkeypatch.setattr(delivery, "_LIMITS", Limits(seconds=2, size=None))
    callbacks.behave = behave
    closed = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    dead = closed.sockets[0].getsockname()[1]
    closed.close()
    crowd = rows(callbacks.port, dead)
    await database.write(lambda c: c.execute(insert(HUB_SUBSCRIPTION), crowd).rowcount)
    good = {f"/{n}" for n in range(CROWD) if str(n)[-1] not in BEHAVIOUR}
    began = time.perf_counter()

    async with working(database, site, body=BODY) as newsroom:
        async with asyncio.timeout(60):
            while sum(row.pushed != "old" for row in await newsroom.subscriptions()) < len(good):
                await asyncio.sleep(0.05)
        spent = time.perf_counter() - began

    pushed = Counter(call.target for call in callbacks.of("POST") if call.target in good)
    print(f"{len(good)} of {CROWD} have it after {spent:.2f} s")
    assert pushed == Counter(dict.fromkeys(good, 1))
    assert all(body == BODY for body in callbacks.bodies)
