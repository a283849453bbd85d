"""Many subscribers: those who are slow, or dead, hold up nobody else."""

import asyncio
import os
from collections import Counter
from datetime import timedelta

from sqlalchemy import insert

from services.common.instants import now
from services.syndicate.hub import delivery, hub
from services.syndicate.tables import HUB_SUBSCRIPTION
from tests.syndicate.hub.conftest import TOPIC, working

CROWD = 150
PUSHES = 24  # so few that those who hang could take all the places, but for the bound of their host
BODY = os.urandom(50_000)

# Of each ten subscribers, by the end of their paths.
BEHAVIOUR = {"0": "hangs", "9": "hangs", "1": "redirects", "2": "fails", "3": "dies"}


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
    """Those who hang are all on one host; each tenth has nobody who listens."""
    return [
        {
            "topic": TOPIC,
            "callback": f"http://s{n}.test:{dead if n % 10 == 3 else port}/{n}",
            "host": "one-for-many.test" if n % 10 in (0, 9) else f"s{n}.test",
            "secret": f"secret {n}",
            "expires": now() + timedelta(days=1),
            "pushed": "old",
            "failures": 0,
        }
        for n in range(CROWD)
    ]


async def test_all_who_answer_have_it_soon(database, site, callbacks, monkeypatch):
    monkeypatch.setattr(hub, "_PUSHES", PUSHES)
    callbacks.behave = behave
    closed = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    dead = closed.sockets[0].getsockname()[1]
    closed.close()
    crowd = rows(callbacks.port, dead)
    await database.write(lambda c: c.execute(insert(HUB_SUBSCRIPTION), crowd).rowcount)
    good = {f"/{n}" for n in range(CROWD) if str(n)[-1] not in BEHAVIOUR}

    async with working(database, site, body=BODY) as newsroom:
        async with asyncio.timeout(delivery._LIMITS.seconds - 1):
            while sum(row.pushed != "old" for row in await newsroom.subscriptions()) < len(good):
                await asyncio.sleep(0.05)

    pushed = Counter(call.target for call in callbacks.of("POST") if call.target in good)
    assert pushed == Counter(dict.fromkeys(good, 1))
    assert all(body == BODY for body in callbacks.bodies)
