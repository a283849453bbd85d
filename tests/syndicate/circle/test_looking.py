"""We look at partners' pages, on real sockets: politely, and nowhere where we must not."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row
from structlog.testing import capture_logs

from schemas.article import Retraction
from services.common.database import sqlite_url
from services.common.instants import now
from services.common.outgoing import Limits, Outgoing
from services.common.targets import Network
from services.syndicate.changes.entry import NewEntry
from services.syndicate.circle import looking, sightings
from services.syndicate.circle.looking import Looking
from services.syndicate.circle.pulls import Pulls
from services.syndicate.circle.worker import Circle
from services.syndicate.partner_tables import TEXT_PRINT
from tests.common.sites import Answer, Site, ok, reply, serving
from tests.factories import NOON, article, retraction
from tests.syndicate.circle.conftest import KEY, Newsroom
from tests.syndicate.circle.test_prints import BODY, HEADLINE, LEAD, NOTICE

LOOPBACK = [ip_network("127.0.0.0/8")]
HTML = "Content-Type: text/html; charset=utf-8"
TEXT = f"<h1>{HEADLINE}</h1><p>{LEAD}</p>{BODY}"
HOME = "https://paper.example/"


@pytest.fixture
def database_url(tmp_path):
    """The store is tested on both kinds of database elsewhere."""
    return sqlite_url(tmp_path / "syndicate.db")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Look without waiting for a partner's caches."""
    monkeypatch.setattr(sightings, "SETTLED", timedelta(0))
    monkeypatch.setattr("services.syndicate.circle.acknowledging.SETTLED", timedelta(0))


@pytest.fixture
async def retracted(newsroom):
    """Give an article that partner `a` had, and that was retracted."""
    await newsroom.partner("a")
    first = article(headline=HEADLINE, lead=LEAD, body=BODY)
    await newsroom.release(first)
    await newsroom.release(retraction(first.id, retraction=_because(NOTICE)))
    return first.id


def _because(notice: str) -> Retraction:
    return Retraction(reason="sai", notice=notice, at=NOON)


@asynccontextmanager
async def eyes(newsroom: Newsroom, allowed: Sequence[Network] = LOOPBACK) -> AsyncIterator[Looking]:
    async with Outgoing(allowed) as outgoing:
        yield Looking(newsroom.database, outgoing, HOME)


async def seen(
    newsroom: Newsroom,
    retracted: UUID,
    answer: bytes | Answer,
    allowed: Sequence[Network] = LOOPBACK,
) -> tuple[Row[Any], Site]:
    """Say what is seen where this is answered, after the partner said that it took it down."""
    async with serving(answer) as site, eyes(newsroom, allowed) as look:
        await newsroom.say("a", "removed", retracted, url=site.url("/tin/1"))
        assert await look.look() == 1
    (place,) = await newsroom.places()
    return place, site


async def test_a_text_that_was_left_standing_is_seen_and_looked_at_again(newsroom, retracted):
    place, site = await seen(newsroom, retracted, ok(TEXT.encode(), HTML))

    assert (place.seen, place.looks) == ("standing", 1)
    assert place.look_at - place.seen_at == timedelta(minutes=5)
    assert "tinbai/1" in str(site.header("User-Agent"))
    assert HOME in str(site.header("User-Agent"))
    assert await newsroom.rows(TEXT_PRINT)
    (item,) = (await newsroom.ask(f"/articles/{retracted}/retraction-report"))["items"]
    assert item["status"] == "standing"


@pytest.mark.parametrize(
    "answer",
    [
        reply("404 Not Found"),
        reply("410 Gone", TEXT.encode(), HTML),
        ok(f"<h1>{HEADLINE}</h1><p>{NOTICE}</p>".encode(), HTML),
        ok("<p>Trang này không còn, mời bạn đọc tin khác.</p>".encode()),
    ],
)
async def test_a_text_that_is_gone_is_not_looked_for_again(newsroom, retracted, answer):
    place, _ = await seen(newsroom, retracted, answer)

    assert (place.seen, place.look_at) == ("gone", None)
    assert await newsroom.rows(TEXT_PRINT) == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply("503 Service Unavailable", b"", "Retry-After: 7200"), "unreachable"),
        (reply("403 Forbidden"), "unreachable"),
        (b"garbage\r\n\r\n", "unreachable"),
        (ok(b"x" * 3_000_000, HTML), "unreachable"),
        (ok(gzip.compress(b"x" * 30_000_000), HTML, "Content-Encoding: gzip"), "unreachable"),
        (ok(b"%PDF-1.7 ...", "Content-Type: application/pdf"), "unclear"),
        (ok(b"<div id=root></div>", HTML), "unclear"),
    ],
)
async def test_what_cannot_be_told_is_not_claimed(newsroom, retracted, answer, expected):
    place, _ = await seen(newsroom, retracted, answer)

    assert place.seen == expected
    wish = timedelta(hours=2) if b"Retry-After" in answer else timedelta(minutes=5)
    assert place.look_at - place.seen_at == wish
    assert len(place.detail) < 200


@pytest.mark.parametrize(
    "answer",
    [
        b"thu hoi giay phep\r\n\r\n",
        reply("200 OK", b"x", "Content-Type: thu-hoi-giay-phep/nhap-khau"),
        reply("200 OK", b"x", "Content-Type: text/thu-hoi-giay-phep"),
        reply("200 OK", b"x", "thu hoi giay phep"),
        reply("200 OK", b"x", "Content-Length: thu hoi giay phep"),
        reply("302 Found", b"", "Location: thu://hoi giay phep"),
    ],
)
async def test_no_word_of_the_sites_own_is_kept_or_logged(newsroom, retracted, answer):
    with capture_logs() as lines:
        place, _ = await seen(newsroom, retracted, answer)

    assert "thu" not in place.detail
    assert lines
    assert "thu" not in str(lines)


async def test_a_site_that_drips_costs_no_more_than_its_time(newsroom, retracted, monkeypatch):
    monkeypatch.setattr(looking, "_LIMITS", Limits(seconds=0.2))

    async def drip(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    place, _ = await seen(newsroom, retracted, drip)
    assert place.seen == "unreachable"


async def test_the_text_is_found_where_the_page_has_moved_to(newsroom, retracted):
    async def move(head, writer):
        moved = reply("301 Moved Permanently", b"", "Location: /tin/moi")
        writer.write(moved if head.startswith("GET /tin/1 ") else ok(TEXT.encode(), HTML))

    place, site = await seen(newsroom, retracted, move)
    assert place.seen == "standing"
    assert len(site.heads) == 2


@pytest.mark.parametrize("target", ["http://{}:{}/", "http://localhost:{1}/", "http://[::1]:{1}/"])
async def test_a_redirect_inside_is_not_followed(newsroom, retracted, target):
    async with serving(ok(TEXT.encode(), HTML)) as canary:
        to = target.format("127.0.0.9", canary.port)
        answer = reply("302 Found", b"", f"Location: {to}")
        allowed = [ip_network("127.0.0.1/32")]
        if "localhost" in target:
            allowed, to = [], canary.url()  # nothing inside may be called at all
        place, site = await seen(newsroom, retracted, answer, allowed=allowed)

    assert place.seen == "unreachable"
    assert canary.heads == []
    assert len(site.heads) == (1 if allowed else 0)


async def test_one_place_of_a_host_is_looked_at_at_a_time(newsroom, retracted):
    open_now, most = 0, 0

    async def answer(_, writer):
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.05)
        open_now -= 1
        writer.write(reply("404 Not Found"))

    async with serving(answer) as site, eyes(newsroom) as one, eyes(newsroom) as other:
        for number in range(4):
            await newsroom.say("a", "removed", retracted, url=site.url(f"/{number}"))
        elsewhere = site.url("/5", host="localhost")
        await newsroom.say("a", "removed", retracted, url=elsewhere)
        looked = await asyncio.gather(one.look(), other.look())
        assert (sum(looked), most) == (2, 2), "one of each host, whoever looks"
        while await one.look():
            pass
    assert {place.seen for place in await newsroom.places()} == {"gone"}


async def test_looks_end(newsroom, retracted, monkeypatch):
    monkeypatch.setattr(sightings, "_PAUSES", (timedelta(0),) * 3)
    monkeypatch.setattr(sightings, "MOST_LOOKS", 4)
    async with serving(ok(TEXT.encode(), HTML)) as site, eyes(newsroom) as look:
        await newsroom.say("a", "removed", retracted, url=site.url())
        while await look.look():
            pass
        assert len(site.heads) == 4
        (place,) = await newsroom.places()
        assert (place.seen, place.look_at) == ("standing", None)

        # The newsroom may have it looked at again.
        path = f"/v1/admin/articles/{retracted}/retraction-report/looks"
        asked = await newsroom.http.post(path, headers={"Authorization": f"Bearer {KEY}"})
        assert (asked.status_code, asked.json()) == (202, {"places": 1})
        await look.look()
    (place,) = await newsroom.places()
    assert (place.seen, place.looks) == ("standing", 1)


async def test_at_the_deadline_we_look_though_the_partner_is_silent(newsroom, retracted):
    async with serving(ok(TEXT.encode(), HTML)) as site, eyes(newsroom) as look:
        await newsroom.say("a", "received", retracted, url=site.url())
        assert await look.look() == 0
        await newsroom.step(now() + timedelta(days=1))
        # Overdue as of tomorrow: then we look.
        assert (await newsroom.places())[0].look_at > now()


async def test_all_goes_on_by_itself(newsroom):
    await newsroom.partner("a", ack_deadline=1)
    first = article(headline=HEADLINE, lead=LEAD, body=BODY)
    await newsroom.release(first)
    told: list[NewEntry] = []
    async with serving(ok(TEXT.encode(), HTML)) as site:
        await newsroom.say("a", "applied", first.id, version=1, url=site.url())
        await newsroom.release(retraction(first.id))
        circle = Circle(
            newsroom.database,
            HOME,
            lambda: Outgoing(LOOPBACK),
            lambda _, entries: told.extend(entries),
            Pulls(newsroom.database),
        )
        running = asyncio.create_task(circle.run())
        try:
            async with asyncio.timeout(30):
                while not (places := await newsroom.places()) or places[0].seen is None:
                    await asyncio.sleep(0.05)
        finally:
            running.cancel()
            await asyncio.wait([running])
    assert running.cancelled()
    assert places[0].seen == "standing"
    assert (await newsroom.news("overdue")) == [("overdue", "a", "")]
    (item,) = (await newsroom.ask(f"/articles/{first.id}/retraction-report"))["items"]
    assert item["status"] == "overdue"
    assert item["places"][0]["sentence"].startswith("The text still stands at")
