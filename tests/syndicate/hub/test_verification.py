"""A callback is asked before anything is done in its name (WebSub, sections 5.2 and 5.3)."""

import asyncio
from collections import Counter
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Row, update

from services.common.instants import now
from services.common.problems import Problem
from services.common.trace import current_trace
from services.syndicate import store
from services.syndicate.hub import handshakes, retries, subscriptions
from services.syndicate.hub.due import TO_VERIFY
from services.syndicate.hub.handshakes import Occasion
from services.syndicate.hub.subscriptions import Places
from services.syndicate.hub.topics import Topics
from services.syndicate.hub.wish import Leases, Rules, wish_of
from services.syndicate.lanes import lane
from services.syndicate.lanes.room import Room
from services.syndicate.tables import HUB_HANDSHAKE
from tests.syndicate.hub.conftest import working
from tests.syndicate.hub.subscribers import DIES, agree


async def test_a_callback_that_echoes_the_challenge_is_subscribed(newsroom, callbacks):
    await newsroom.ask(callbacks.url("/callback?token=a%20b&hub.mode=mine"), lease_seconds="900")
    (kept,) = await newsroom.settled()

    (asked,) = callbacks.calls
    assert asked.method == "GET"
    assert asked.target.startswith("/callback?token=a%20b&hub.mode=mine&hub.mode=subscribe&")
    assert asked.query["hub.topic"] == "https://feeds.example/feeds/latest.atom"
    assert asked.query["hub.lease_seconds"] == "900"
    assert len(asked.query["hub.challenge"]) > 40
    assert (kept.topic, kept.host) == ("/feeds/latest.atom", "subscriber.test")
    assert callbacks.bodies == [], "nothing has changed since"


@pytest.mark.parametrize(("asked", "told"), [("1", "300"), ("99999999", "2000"), (None, "1000")])
async def test_a_lease_is_bounded_and_told(newsroom, callbacks, asked, told):
    await newsroom.subscribed(callbacks, **({"lease_seconds": asked} if asked else {}))

    assert callbacks.calls[0].query["hub.lease_seconds"] == told


@pytest.mark.parametrize(
    "answer",
    [(404, b""), (200, b"no"), (302, b""), (500, b""), (200, b"x" * 5000), (304, b"")],
    ids=lambda answer: f"{answer[0]}, {len(answer[1])} bytes",
)
async def test_a_callback_that_does_not_is_not(newsroom, callbacks, answer):
    callbacks.behave = lambda call: answer
    await newsroom.ask(callbacks.url())

    assert await newsroom.settled() == []
    assert len(callbacks.calls) == 1


async def test_an_echo_of_more_than_the_challenge_is_none(newsroom, callbacks):
    callbacks.behave = lambda call: (200, call.query["hub.challenge"].encode() + b"\n")
    await newsroom.ask(callbacks.url())

    assert await newsroom.settled() == []


async def test_each_attempt_has_a_challenge_of_its_own(newsroom, callbacks):
    await newsroom.subscribed(callbacks)
    await newsroom.subscribed(callbacks)

    first, second = (call.query["hub.challenge"] for call in callbacks.calls)
    assert first != second


async def test_a_renewal_counts_once_it_is_confirmed(newsroom, callbacks):
    await newsroom.subscribed(callbacks, secret="old", lease_seconds="300")
    (before,) = await newsroom.subscriptions()
    callbacks.behave = lambda call: (404, b"")
    await newsroom.subscribed(callbacks, secret="of a stranger")
    assert await newsroom.subscriptions() == [before]

    callbacks.behave = agree
    await newsroom.subscribed(callbacks, secret="new", lease_seconds="2000")
    (after,) = await newsroom.subscriptions()
    assert (after.seq, after.secret) == (before.seq, "new")
    assert (after.expires - before.expires).total_seconds() > 1600


async def test_a_second_request_replaces_one_that_is_being_verified(newsroom, callbacks):
    callbacks.behave = lambda call: agree(call) if len(callbacks.calls) > 1 else None
    await newsroom.ask(callbacks.url(), secret="first")
    await callbacks.until(lambda: callbacks.calls)
    await newsroom.ask(callbacks.url(), secret="second")
    (kept,) = await newsroom.settled()

    assert kept.secret == "second"
    assert len(callbacks.calls) == 2


async def test_who_unsubscribes_is_asked_too(newsroom, callbacks):
    await newsroom.subscribed(callbacks)
    callbacks.behave = lambda call: (404, b"")
    await newsroom.ask(callbacks.url(), "unsubscribe")
    assert len(await newsroom.settled()) == 1

    callbacks.behave = agree
    await newsroom.ask(callbacks.url(), "unsubscribe")
    assert await newsroom.settled() == []
    assert callbacks.calls[-1].query["hub.mode"] == "unsubscribe"


async def test_what_changes_between_the_request_and_its_confirmation_is_pushed(newsroom, callbacks):
    def change_first(call):
        if call.method == "GET":
            newsroom.show(b"second")
        return agree(call)

    callbacks.behave = change_first
    await newsroom.subscribed(callbacks)
    await callbacks.until(lambda: callbacks.bodies)

    assert callbacks.bodies == [b"second"]


async def test_a_request_outlives_a_restart(database, site, callbacks):
    callbacks.behave = lambda call: None
    async with working(database, site) as newsroom:
        await newsroom.ask(callbacks.url())
        await callbacks.until(lambda: callbacks.calls)
    callbacks.behave = agree
    async with working(database, site) as newsroom:
        assert len(await newsroom.settled()) == 1


async def test_a_name_that_leads_inside_is_not_called(database, site, callbacks):
    async with working(database, site, allowed=()) as newsroom:
        await newsroom.ask(callbacks.url())
        assert await newsroom.settled() == []
    assert callbacks.calls == []


async def test_a_callback_that_cannot_be_reached_is_asked_three_times(
    newsroom, callbacks, monkeypatch
):
    monkeypatch.setattr(retries, "_PAUSES", (0.02,))
    monkeypatch.setattr(lane, "_LOOK_EVERY", 0.02)
    callbacks.behave = lambda call: DIES if len(callbacks.calls) < 3 else agree(call)
    await newsroom.subscribed(callbacks)

    assert len({call.query["hub.challenge"] for call in callbacks.calls}) == 3
    callbacks.behave = lambda call: DIES
    await newsroom.ask(callbacks.url("/other"))
    assert len(await newsroom.settled()) == 1
    assert len(callbacks.calls) == 6


async def test_there_are_no_more_subscriptions_than_there_may_be(database, site, callbacks):
    async with working(database, site, hub_subscriptions_per_host=2) as newsroom:
        for path in ("/a", "/b", "/a"):
            await newsroom.subscribed(callbacks, path)
        with pytest.raises(Problem) as refusal:
            await newsroom.ask(callbacks.url("/c"))
        assert refusal.value.kind == "too-many-requests"
        assert refusal.value.headers == {"Retry-After": "3600"}
        await newsroom.ask(callbacks.url("/c", host="other.test"))
        assert len(await newsroom.settled()) == 3


async def test_who_finds_no_place_after_being_accepted_is_denied(database, site, callbacks):
    callbacks.behave = lambda call: None
    async with working(database, site, hub_subscriptions=1) as newsroom:
        await newsroom.ask(callbacks.url("/a"))
        await newsroom.ask(callbacks.url("/b"))
    callbacks.behave = agree
    callbacks.calls.clear()
    async with working(database, site, hub_subscriptions=1) as newsroom:
        (kept,) = await newsroom.settled()
    (denied,) = [call.query for call in callbacks.calls if call.query["hub.mode"] == "denied"]
    assert denied["hub.topic"] == "https://feeds.example/feeds/latest.atom"
    assert "as many subscriptions" in denied["hub.reason"]
    assert kept.callback in (callbacks.url("/a"), callbacks.url("/b"))


async def test_who_has_subscribed_can_renew_however_many_strangers_ask(
    newsroom, callbacks, monkeypatch
):
    """A stranger with any number of names, none of which answers, must not end subscriptions."""
    await newsroom.subscribed(callbacks, secret="old")
    monkeypatch.setattr(handshakes, "_WAITING", Places(total=40, per_host=200))
    callbacks.behave = lambda call: agree(call) if call.target.startswith("/callback") else None
    for n in range(40):
        await newsroom.ask(callbacks.url("/trap", host=f"n{n}.stranger.test"))
    with pytest.raises(Problem):
        await newsroom.ask(callbacks.url("/trap", host="one-more.stranger.test"))

    await newsroom.ask(callbacks.url(), secret="new")

    async with asyncio.timeout(20):
        while (await newsroom.subscriptions())[0].secret == "old":
            await asyncio.sleep(0.01)


async def test_who_renews_is_asked_first_and_who_never_answered_last(database, site):
    topics, at = Topics(site), now()
    await database.write(partial(store.know, names=["latest"]))
    places, occasion = Places(100, 100), Occasion(at, current_trace())
    rules = Rules(topics.path_of, Leases(300, 1000, 2000), ())

    def ask(connection: Connection, name: str) -> None:
        form = {"hub.mode": "subscribe", "hub.callback": f"http://{name}.example/"}
        wish = wish_of(form | {"hub.topic": topics.url("/feeds/latest.atom")}, rules)
        handshakes.ask(connection, wish, "", places, occasion)

    def take(connection: Connection) -> Row[Any]:
        return TO_VERIFY.claim(connection, Room(1, 8, [], Counter()), at)[0]

    def judge(connection: Connection) -> list[str]:
        ask(connection, "reader")
        subscriptions.keep(connection, take(connection), at, "", places)
        for name in ("silent", "stranger", "reader"):
            ask(connection, name)
        connection.execute(
            update(HUB_HANDSHAKE).where(HUB_HANDSHAKE.c.host == "silent.example").values(attempts=1)
        )
        return [take(connection).host for _ in range(3)]

    found = await database.write(judge)
    assert found == ["reader.example", "stranger.example", "silent.example"]


async def test_requests_that_wait_are_bounded_for_each_host(newsroom, callbacks, monkeypatch):
    monkeypatch.setattr(handshakes, "_WAITING", Places(total=10, per_host=2))
    callbacks.behave = lambda call: None
    await newsroom.ask(callbacks.url("/1"))
    await newsroom.ask(callbacks.url("/2"))
    with pytest.raises(Problem) as refusal:
        await newsroom.ask(callbacks.url("/3"))
    assert refusal.value.kind == "overloaded"
    await newsroom.ask(callbacks.url("/2"))
    await newsroom.ask(callbacks.url(host="other.test"))
