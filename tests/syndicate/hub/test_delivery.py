"""Subscribers get the newest state of a feed, whatever happens on the way (WebSub, section 7)."""

import asyncio
import hmac
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.common.instants import now
from services.syndicate.hub import hub, retries, subscriptions
from services.syndicate.lanes import lane
from services.syndicate.tables import HUB_SUBSCRIPTION
from tests.syndicate.hub.conftest import Newsroom, working
from tests.syndicate.hub.subscribers import Answer, Behave, agree


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Retries come at once."""
    monkeypatch.setattr(retries, "_PAUSES", (0.02,))
    monkeypatch.setattr(lane, "_LOOK_EVERY", 0.02)


def posts(answer: Answer) -> Behave:
    """Confirm, but answer pushes so."""
    return lambda call: agree(call) if call.method == "GET" else answer


async def change(newsroom: Newsroom, **values: Any) -> None:
    statement = update(HUB_SUBSCRIPTION).values(**values)
    await newsroom.database.write(lambda connection: connection.execute(statement).rowcount)


async def until_taken(newsroom: Newsroom) -> None:
    async with asyncio.timeout(20):
        while any(row.due_at or row.failures for row in await newsroom.subscriptions()):
            await asyncio.sleep(0.01)


async def test_a_change_is_pushed_whole_and_signed(newsroom, callbacks):
    await newsroom.subscribed(callbacks, "/callback?token=a%20b", secret="bí mật")
    newsroom.show("Tin mới".encode())
    await callbacks.until(lambda: callbacks.bodies)

    (push,) = callbacks.of("POST")
    assert push.target == "/callback?token=a%20b"
    assert push.body == "Tin mới".encode()
    assert push.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert push.headers["link"] == (
        '<https://feeds.example/hub>; rel="hub", '
        '<https://feeds.example/feeds/latest.atom>; rel="self"'
    )
    method, _, signature = push.headers["x-hub-signature"].partition("=")
    assert method == "sha256"
    assert signature == hmac.new("bí mật".encode(), push.body, "sha256").hexdigest()


async def test_a_push_is_not_signed_without_a_secret_nor_sent_twice(newsroom, callbacks):
    await newsroom.subscribed(callbacks)
    newsroom.show(b"second")
    await callbacks.until(lambda: callbacks.bodies)
    await until_taken(newsroom)
    newsroom.show(b"second")
    newsroom.show(b"third")
    await callbacks.until(lambda: len(callbacks.bodies) > 1)

    assert callbacks.bodies == [b"second", b"third"]
    assert "x-hub-signature" not in callbacks.of("POST")[0].headers


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_what_is_not_taken_is_tried_again(newsroom, callbacks, status):
    await newsroom.subscribed(callbacks)
    callbacks.behave = posts((status, b""))
    newsroom.show(b"second")
    await callbacks.until(lambda: len(callbacks.bodies) > 1)
    callbacks.behave = agree
    await until_taken(newsroom)

    assert set(callbacks.bodies) == {b"second"}
    assert {call.target for call in callbacks.of("POST")} == {"/callback"}, (
        "no redirect is followed"
    )


async def test_an_answer_of_success_is_one_whatever_its_body(newsroom, callbacks):
    await newsroom.subscribed(callbacks)
    callbacks.behave = posts((202, b"x" * 2_000_000))
    newsroom.show(b"second")
    await callbacks.until(lambda: callbacks.bodies)
    await until_taken(newsroom)

    assert callbacks.bodies == [b"second"]


async def test_an_old_text_that_waits_is_never_sent_after_a_newer(newsroom, callbacks):
    await newsroom.subscribed(callbacks)
    callbacks.behave = posts((500, b""))
    newsroom.show(b"to be retracted")
    await callbacks.until(lambda: callbacks.bodies)
    newsroom.show(b"retracted")
    callbacks.behave = agree
    await until_taken(newsroom)

    first_new = callbacks.bodies.index(b"retracted")
    assert set(callbacks.bodies[first_new:]) == {b"retracted"}


async def test_what_changes_during_a_push_is_pushed_after_it(newsroom, callbacks):
    def change_meanwhile(call):
        if call.body == b"second":
            newsroom.show(b"third")
        return agree(call)

    await newsroom.subscribed(callbacks)
    callbacks.behave = change_meanwhile
    newsroom.show(b"second")
    await callbacks.until(lambda: len(callbacks.bodies) > 1)
    await until_taken(newsroom)

    assert callbacks.bodies == [b"second", b"third"]


async def test_what_could_not_be_pushed_before_a_restart_is_pushed_after_it(
    database, site, callbacks
):
    async with working(database, site) as newsroom:
        await newsroom.subscribed(callbacks)
        await newsroom.subscribed(callbacks, "/fails")
        callbacks.behave = lambda call: (500, b"") if call.target == "/fails" else None
        newsroom.show(b"second")
        await callbacks.until(lambda: len(callbacks.bodies) > 1)
    callbacks.calls.clear()
    callbacks.behave = agree
    async with working(database, site, body=b"third") as newsroom:
        await callbacks.until(lambda: len(callbacks.bodies) > 1)
        await until_taken(newsroom)

    assert callbacks.bodies == [b"third", b"third"]


async def test_a_change_that_the_store_did_not_take_is_pushed_when_it_does(
    newsroom, callbacks, monkeypatch
):
    await newsroom.subscribed(callbacks)
    failures: list[OSError] = []
    real = subscriptions.mark

    def fragile(*arguments, **named):
        if not failures:
            failures.append(OSError("no room"))
            raise failures[0]
        return real(*arguments, **named)

    monkeypatch.setattr(subscriptions, "mark", fragile)
    monkeypatch.setattr(hub, "_RETRY_AFTER", 0.01)
    newsroom.show(b"second")
    await callbacks.until(lambda: callbacks.bodies)
    assert failures
    assert callbacks.bodies == [b"second"]


async def test_a_subscriber_that_says_gone_is_left_alone(newsroom, callbacks):
    await newsroom.subscribed(callbacks, "/gone")
    await newsroom.subscribed(callbacks, "/here")
    callbacks.behave = lambda call: (410 if call.target == "/gone" else 200, b"")
    newsroom.show(b"second")
    await callbacks.until(lambda: len(callbacks.bodies) > 1)
    await until_taken(newsroom)

    assert [row.callback for row in await newsroom.subscriptions()] == [callbacks.url("/here")]


async def test_a_subscriber_that_is_dead_for_too_long_is_dropped_and_told(newsroom, callbacks):
    await newsroom.subscribed(callbacks)
    callbacks.behave = posts((500, b""))
    await change(newsroom, failures=5, failing_since=now() - timedelta(days=4))
    newsroom.show(b"second")
    await callbacks.until(lambda: len(callbacks.of("GET")) > 1)

    assert await newsroom.settled() == []
    denial = callbacks.of("GET")[1].query
    assert denial["hub.mode"] == "denied"
    assert denial["hub.topic"] == "https://feeds.example/feeds/latest.atom"


async def test_a_subscription_ends_with_its_lease(newsroom, callbacks):
    await newsroom.subscribed(callbacks, "/over")
    await change(newsroom, expires=now() - timedelta(seconds=1))
    await newsroom.subscribed(callbacks, "/lasts")
    for body in (b"second", b"third"):
        newsroom.show(body)
        await callbacks.until(lambda body=body: body in callbacks.bodies)

    assert [call.target for call in callbacks.of("POST")] == ["/lasts", "/lasts"]


async def test_changes_soon_after_a_push_go_together(database, site, callbacks):
    async with working(database, site, hub_pause=0.5) as newsroom:
        await newsroom.subscribed(callbacks)
        for body in (b"second", b"third", b"fourth"):
            newsroom.show(body)
            await callbacks.until(lambda: b"second" in callbacks.bodies)
        await callbacks.until(lambda: len(callbacks.bodies) > 1)

    assert callbacks.bodies == [b"second", b"fourth"]


async def test_renewing_brings_at_once_what_waits(newsroom, callbacks, monkeypatch):
    monkeypatch.setattr(retries, "_PAUSES", (3600,))
    await newsroom.subscribed(callbacks)
    callbacks.behave = posts((500, b""))
    newsroom.show(b"second")
    await callbacks.until(lambda: callbacks.bodies)
    async with asyncio.timeout(20):
        while not (await newsroom.subscriptions())[0].failures:
            await asyncio.sleep(0.01)
    callbacks.behave = agree
    await newsroom.subscribed(callbacks)
    await callbacks.until(lambda: len(callbacks.bodies) > 1)


async def test_corrections_and_urgent_news_go_first(database, site, callbacks, monkeypatch):
    feeds = ("latest", "urgent", "units/HQHP", "corrections")
    async with working(database, site) as newsroom:
        for feed in feeds:
            newsroom.show(b"first", feed)
            await newsroom.ask(callbacks.url(f"/{feed}"), topic=newsroom.site.feed(feed, "atom"))
        await newsroom.settled()
    # One at a time, so that their order can be seen.
    monkeypatch.setattr(hub, "_PUSHES", 1)
    async with working(database, site, body=b"second") as newsroom:
        for feed in feeds:
            newsroom.show(b"second", feed)
        await callbacks.until(lambda: len(callbacks.bodies) == len(feeds))

    assert {call.target for call in callbacks.of("POST")[:2]} == {"/urgent", "/corrections"}


async def test_neither_callbacks_nor_secrets_get_into_logs(newsroom, callbacks, capsys):
    callback = "/capability-whispered?token=unguessable"
    await newsroom.subscribed(callbacks, callback, secret="dark-unspoken")
    callbacks.behave = posts((500, b""))
    newsroom.show(b"second")
    await callbacks.until(lambda: callbacks.bodies)
    callbacks.behave = posts((410, b""))
    async with asyncio.timeout(20):
        while await newsroom.subscriptions():
            await asyncio.sleep(0.01)

    said = capsys.readouterr().out
    assert "subscriber.test" in said
    assert not [word for word in ("whispered", "unguessable", "unspoken") if word in said]
