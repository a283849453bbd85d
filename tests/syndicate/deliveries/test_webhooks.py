"""Partners are pushed to, each entry until it is taken, and nothing older after something newer."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from standardwebhooks.webhooks import Webhook

from schemas.partner import Entry, Format
from services.common.instants import now
from services.syndicate.deliveries import attempts, outcomes, schedule, upkeep
from services.syndicate.deliveries.sending import NotTaken, Parcel
from services.syndicate.partner_tables import DELIVERY, PARTNER, VERSION, WAY
from tests.factories import article, erasure, retraction
from tests.syndicate.hub.subscribers import Call


@pytest.fixture
def quick(monkeypatch):
    """Have failures tried again at once."""
    monkeypatch.setattr(schedule, "_PAUSES", (0.01, 0.01, 0.01, 0.01))
    monkeypatch.setattr(schedule, "_RESTS", (0,))


async def test_an_entry_is_pushed_signed_and_told(desk, callbacks):
    await desk.partner("bao")
    way = await desk.way("bao", callbacks.url())
    published = article()
    async with desk.pushing():
        await desk.release(published)
        [row] = await desk.until_ended()

    [call] = callbacks.of("POST")
    Webhook((await desk.way_row(way)).secret).verify(call.body, call.headers)
    entry = Entry.model_validate_json(call.body)
    assert (entry.seq, entry.id, entry.kind, entry.replay) == (1, published.id, "published", False)
    assert entry.article
    assert entry.article["headline"] == published.headline
    assert call.headers["webhook-id"] == row.message
    assert call.headers["tinbai-seq"] == "1"
    assert (row.state, row.attempts) == ("delivered", 1)
    assert [each.state for each in await desk.news()] == ["queued", "delivered"]


async def test_an_attempt_after_a_failure_has_the_same_id(desk, callbacks, quick):
    await desk.partner("bao")
    way = await desk.way("bao", callbacks.url())
    answers = [(503, b""), (302, b""), (200, b"")]
    callbacks.behave = lambda call: answers.pop(0)
    async with desk.pushing():
        await desk.release(article())
        [row] = await desk.until_ended()

    calls = callbacks.of("POST")
    assert {call.headers["webhook-id"] for call in calls} == {row.message}
    assert [call.headers["tinbai-attempt"] for call in calls] == ["1", "2", "3"]
    assert (row.state, row.attempts) == ("delivered", 3)
    told = [(each.state, each.detail) for each in await desk.news()][1:]
    assert told == [("tried", "status_503"), ("tried", "status_302"), ("delivered", "webhook")]
    assert (await desk.way_row(way)).failures == 0


async def test_a_delivery_that_is_never_taken_has_failed_in_the_end(desk, callbacks, quick):
    await desk.partner("bao")
    await desk.way("bao", callbacks.url())
    callbacks.behave = lambda call: (500, b"")
    async with desk.pushing():
        await desk.release(article())
        [row] = await desk.until_ended()

    assert (row.state, row.attempts, row.error) == ("failed", 5, "status_500")
    assert len(callbacks.of("POST")) == 5
    assert [each.state for each in await desk.news()][-2:] == ["tried", "failed"]


async def test_who_is_gone_gets_nothing_more(desk, callbacks):
    await desk.partner("bao")
    way = await desk.way("bao", callbacks.url())
    callbacks.behave = lambda call: (410, b"")
    async with desk.pushing():
        await desk.release(article())
        [row] = await desk.until_ended()
        await desk.release(article())

    assert (row.state, row.error) == ("failed", "gone")
    assert (await desk.way_row(way)).off == outcomes.GONE
    assert len(await desk.deliveries()) == 1


async def test_a_way_that_has_failed_for_days_is_turned_off(desk, callbacks):
    await desk.partner("bao")
    way = await desk.way("bao", callbacks.url())
    since = now() - timedelta(days=6)
    long_ago = update(WAY).values(failures=50, failing_since=since)
    await desk.database.write(lambda c: c.execute(long_ago).rowcount)
    callbacks.behave = lambda call: (500, b"")
    await desk.release(*(article() for _ in range(5)))
    async with desk.pushing():
        rows = await desk.until_ended()

    assert (await desk.way_row(way)).off == outcomes.FAILING
    assert len(callbacks.of("POST")) == 1
    assert {row.state for row in rows} == {"failed"}


async def test_a_wish_to_wait_is_obeyed(desk, callbacks, quick):
    await desk.partner("bao")
    way = await desk.way("bao", callbacks.url())
    callbacks.behave = lambda call: (429, b"", "Retry-After: 600")
    async with desk.pushing():
        await desk.release(article(), article())
        rows = await desk.until(lambda rows: any(row.attempts for row in rows))

    due = [row.due_at for row in rows if row.attempts]
    assert min(due) > now() + timedelta(minutes=9)
    assert (await desk.way_row(way)).rest_until > now() + timedelta(minutes=9)


async def test_an_old_text_never_goes_once_a_newer_one_waits(desk, callbacks, quick):
    await desk.partner("bao")
    await desk.way("bao", callbacks.url())
    first = article()
    callbacks.behave = lambda call: (500, b"")
    async with desk.pushing():
        await desk.release(first)
        await callbacks.until(lambda: callbacks.calls)
        await desk.release(retraction(first.id))
        callbacks.behave = lambda call: (200, b"")
        rows = await desk.until_ended()

    kinds = [call.headers["tinbai-kind"] for call in callbacks.of("POST")]
    assert kinds[-1] == "retracted"
    assert kinds == sorted(kinds)  # published, then retracted, and not the other way round
    assert [row.state for row in rows] == ["superseded", "delivered"]


async def test_a_newer_text_waits_until_the_attempt_with_the_older_one_has_ended(desk, callbacks):
    await desk.partner("bao")
    await desk.way("bao", callbacks.url())
    first, other = article(), article()
    sender = Holding()
    async with desk.pushing(lambda _: {"webhook": sender}):
        await desk.release(first)
        await sender.began.wait()
        await desk.release(retraction(first.id))
        await desk.release(other)
        await desk.until(lambda rows: [row.state for row in rows][2] == "delivered")
        assert sender.sent == [(other.id, 1)]
        sender.go.set()
        rows = await desk.until_ended()

    assert sender.sent == [(other.id, 1), (first.id, 1), (first.id, 2)]
    assert [row.state for row in rows] == ["delivered"] * 3


async def test_a_failing_way_has_one_place_and_one_that_is_only_slow_has_as_many_as_others(
    desk, monkeypatch
):
    monkeypatch.setattr(attempts, "_SLOW", timedelta(seconds=0.02))
    monkeypatch.setattr(schedule, "_PAUSES", (0.01,) * 4)
    monkeypatch.setattr(schedule, "_RESTS", (0,))
    await desk.partner("slow")
    await desk.partner("failing")
    slow = await desk.way("slow", "http://slow.test/")
    failing = await desk.way("failing", "http://failing.test/")
    for way, standing in ((slow, {"slow": True}), (failing, {"failures": 3})):
        before = update(WAY).where(WAY.c.id == way).values(**standing)
        await desk.database.write(lambda c, before=before: c.execute(before).rowcount)
    sender = Counting()
    await desk.release(*(article() for _ in range(8)))
    async with desk.pushing(lambda _: {"webhook": sender}):
        await desk.until(lambda rows: all(row.attempts for row in rows))

    assert sender.most == {"slow": 4, "failing": 1}
    assert (await desk.way_row(slow)).slow


class Counting:
    """Counts how many parcels of a partner are under way at once; one fails, one is slow."""

    def __init__(self) -> None:
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def send(self, parcel: Parcel) -> None:
        partner = parcel.way.partner
        self.now[partner] += 1
        self.most[partner] = max(self.most[partner], self.now[partner])
        await asyncio.sleep(0.05)
        self.now[partner] -= 1
        if partner == "failing":
            raise NotTaken("status_500")


class Holding:
    """Holds the first parcel until it is let go."""

    def __init__(self) -> None:
        self.began, self.go = asyncio.Event(), asyncio.Event()
        self.sent: list[tuple[UUID, int]] = []

    async def send(self, parcel: Parcel) -> None:
        if not self.began.is_set():
            self.began.set()
            await self.go.wait()
        self.sent.append((parcel.entry.id, parcel.entry.version))


async def test_what_was_erased_is_not_sent_any_more(desk, callbacks):
    await desk.partner("bao")
    await desk.way("bao", callbacks.url())
    secret, known, other = article(), article(), article()
    await desk.release(secret, known, other)
    erased = update(VERSION).where(VERSION.c.article == secret.id).values(json=None)
    await desk.database.write(lambda c: c.execute(erased).rowcount)
    await desk.release(erasure(known.id))
    async with desk.pushing():
        rows = await desk.until_ended()

    told = [json.loads(call.body) for call in callbacks.of("POST")]
    assert {(each["id"], each["kind"]) for each in told} == {
        (str(known.id), "retracted"),
        (str(other.id), "published"),
    }
    assert [row.state for row in rows][:2] == ["superseded", "superseded"]


async def test_a_partner_that_is_not_active_is_told_only_what_to_take_down(desk, callbacks):
    await desk.partner("bao")
    await desk.way("bao", callbacks.url())
    first = article()
    async with desk.pushing():
        await desk.release(first)
        await desk.until_ended()
        closed = update(PARTNER).values(active=False)
        await desk.database.write(lambda c: c.execute(closed).rowcount)
        await desk.release(article(), retraction(first.id))
        rows = await desk.until_ended()

    told = [json.loads(call.body) for call in callbacks.of("POST")]
    assert [(each["id"], each["kind"]) for each in told] == [
        (str(first.id), "published"),
        (str(first.id), "retracted"),
    ]
    assert [row.state for row in rows] == ["delivered", "superseded", "delivered"]


async def test_what_left_the_product_is_told_without_its_text(desk, callbacks):
    await desk.partner("bao", max_urgency=3)
    await desk.way("bao", callbacks.url("/json"))
    await desk.way("bao", callbacks.url("/atom"), Format.ATOM)
    first = article(urgency=2)
    async with desk.pushing():
        await desk.release(first)
        await desk.until_ended()
        await desk.release(article(id=first.id, version=2, urgency=9))
        await desk.until_ended()

    by_path: dict[str, list[Call]] = {}
    for call in callbacks.of("POST"):
        by_path.setdefault(call.target, []).append(call)
    published, removed = by_path["/atom"]
    assert published.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert first.headline.encode() in published.body
    assert removed.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert str(first.id).encode() in removed.body
    assert first.headline.encode() not in removed.body
    assert removed.headers["tinbai-kind"] == "removed"
    assert removed.headers["tinbai-article"] == str(first.id)
    entry = Entry.model_validate_json(by_path["/json"][1].body)
    assert (entry.kind, entry.article) == ("removed", None)


async def test_a_delivery_that_a_dead_process_had_taken_goes_again_under_the_same_id(
    desk, callbacks
):
    await desk.partner("bao")
    await desk.way("bao", callbacks.url())
    await desk.release(article())
    callbacks.behave = lambda call: None  # hangs, and is cut off with the process
    async with desk.pushing():
        await callbacks.until(lambda: callbacks.calls)
    callbacks.behave = lambda call: (200, b"")
    async with desk.pushing():
        [row] = await desk.until_ended()

    first, second = callbacks.of("POST")
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == row.message


async def test_after_an_outage_what_was_tried_need_not_wait(desk, callbacks, monkeypatch):
    monkeypatch.setattr(schedule, "_RESTS", (0,))
    await desk.partner("bao")
    await desk.way("bao", callbacks.url())
    callbacks.behave = lambda call: (502, b"")
    async with desk.pushing():
        await desk.release(*(article() for _ in range(6)))
        await desk.until(lambda rows: all(row.attempts for row in rows))
        callbacks.behave = lambda call: (200, b"")
        await desk.release(article())
        rows = await desk.until_ended()

    assert [row.state for row in rows] == ["delivered"] * 7


async def test_a_fault_of_ours_hurts_one_delivery_only(desk, callbacks, quick):
    class Broken:
        async def send(self, parcel: Parcel) -> None:
            if parcel.entry.seq == 1:
                raise OSError("no such disk")

    await desk.partner("bao")
    await desk.way("bao", callbacks.url())
    async with desk.pushing(lambda _: {"webhook": Broken()}):
        await desk.release(article(), article())
        rows = await desk.until_ended()

    assert [(row.state, row.error) for row in rows] == [("failed", "broke"), ("delivered", None)]


async def test_what_ended_long_ago_is_forgotten(desk):
    await desk.partner("bao")
    await desk.way("bao", "http://a.test/")
    await desk.release(article(), article())
    old = update(DELIVERY).where(DELIVERY.c.entry == 1)
    ended = old.values(state="delivered", due_at=None, ended=now() - timedelta(days=31))
    await desk.database.write(lambda c: c.execute(ended).rowcount)
    async with desk.pushing(lambda _: {}):
        rows = await desk.until(lambda rows: len(rows) == 1)

    assert rows[0].entry == 2
    assert not await desk.database.read(lambda c: upkeep.anything_old(c, now()))
