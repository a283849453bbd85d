"""What the newsroom can do with webhooks and deliveries."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import update
from standardwebhooks.webhooks import Webhook

from schemas.partner import Format
from services.common import web
from services.common.auth import AdminKey
from services.common.database import Database
from services.common.ids import new_id
from services.common.instants import now
from services.syndicate.deliveries import delivery_routes, replay_routes, webhook_routes
from services.syndicate.partner_tables import DELIVERY, PARTNER
from tests.factories import article
from tests.syndicate.deliveries.conftest import LOOPBACK, Desk
from tests.syndicate.hub.subscribers import Callbacks
from tests.syndicate.partners_at_work import office_of

BASE = "/v1/admin/partners/bao"


@pytest.fixture
async def http(database: Database, tmp_path: Path, desk: Desk) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a caller with the admin's key, and a partner."""
    (tmp_path / "admin.key").write_text("admin's")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield

    async def readiness() -> dict[str, object]:
        return {}

    app = web.make_app("syndicate", summary="", lifespan=lifespan, readiness=readiness)
    app.include_router(webhook_routes.router)
    app.include_router(delivery_routes.router)
    app.include_router(replay_routes.router)
    app.state.office = office_of(database, AdminKey(tmp_path / "admin.key"))
    app.state.allowed_targets = LOOPBACK
    await desk.partner("bao")
    transport = httpx2.ASGITransport(app)
    key = {"Authorization": "Bearer admin's"}
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://inside", headers=key
    ) as http:
        yield http


async def made(http: httpx2.AsyncClient, url: str, **more: str) -> dict[str, str]:
    answer = await http.post(f"{BASE}/webhooks", json={"url": url, **more})
    assert answer.status_code == 201, answer.text
    told: dict[str, str] = answer.json()
    assert answer.headers["location"] == f"{BASE}/webhooks/{told['id']}"
    return told


async def test_a_webhook_is_made_and_its_secret_shown_once(http, desk, callbacks):
    told = await made(http, callbacks.url())
    [shown] = (await http.get(f"{BASE}/webhooks")).json()["items"]
    assert (shown["id"], shown["url"], shown["format"]) == (told["id"], callbacks.url(), "json")
    assert (shown["on"], shown["off"], shown["failures"]) == (True, None, 0)
    assert told["secret"] not in str(shown)

    async with desk.pushing():
        await desk.release(article())
        await desk.until_ended()
    [call] = callbacks.of("POST")
    Webhook(told["secret"]).verify(call.body, call.headers)


async def test_after_a_rotation_both_secrets_sign(http, desk, callbacks: Callbacks):
    told = await made(http, callbacks.url())
    answer = await http.post(f"{BASE}/webhooks/{told['id']}/secret")
    assert answer.headers["cache-control"] == "no-store"
    async with desk.pushing():
        await desk.release(article())
        await desk.until_ended()

    [call] = callbacks.of("POST")
    for secret in (told["secret"], answer.json()["secret"]):
        Webhook(secret).verify(call.body, call.headers)


async def test_a_webhook_that_is_off_gets_nothing_and_one_that_is_on_again_what_comes_then(
    http, desk, callbacks
):
    told = await made(http, callbacks.url())
    where = f"{BASE}/webhooks/{told['id']}"
    assert (await http.patch(where, json={"on": False})).json()["off"] == "admin"
    await desk.release(article())
    assert (await http.patch(where, json={"on": True})).json()["on"]
    await desk.release(article())
    assert [row.entry for row in await desk.deliveries()] == [2]


async def test_a_webhook_that_is_removed_is_not_there(http):
    told = await made(http, "https://paper.example/hook")
    where = f"{BASE}/webhooks/{told['id']}"
    assert (await http.delete(where)).status_code == 204
    for answer in (
        await http.get(where),
        await http.delete(where),
        await http.patch(where, json={"on": True}),
        await http.post(f"{where}/secret"),
    ):
        assert answer.status_code == 404


async def test_the_same_address_twice_is_a_conflict_unless_in_another_format(http):
    await made(http, "https://paper.example/hook")
    await made(http, "https://paper.example/hook", format="atom")
    answer = await http.post(f"{BASE}/webhooks", json={"url": "https://paper.example/hook"})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "url",
    [
        "ftp://paper.example/",
        "//paper.example/",
        "https://user:secret@paper.example/",
        "https://user@paper.example/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "https://paper.example/#part",
        "https://báo.example/",
        "https://",
        "x" * 3000,
    ],
)
async def test_an_address_that_is_not_called_is_refused_at_once(http, url):
    answer = await http.post(f"{BASE}/webhooks", json={"url": url})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/url"


async def test_a_format_outside_the_contract_is_refused(http, database):
    contract = update(PARTNER).values(formats='["ninjs"]')
    await database.write(lambda connection: connection.execute(contract).rowcount)
    answer = await http.post(f"{BASE}/webhooks", json={"url": "https://a.example/"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/format")
    await made(http, "https://a.example/", format=Format.NINJS)


async def test_only_the_admin_is_let_in_and_unknown_partners_are_not_there(http):
    nobody = {"Authorization": "Bearer x"}
    for path in ("webhooks", "deliveries"):
        assert (await http.get(f"{BASE}/{path}", headers=nobody)).status_code == 401
        assert (await http.get(f"/v1/admin/partners/khong/{path}")).status_code == 404
    body = {"url": "not an address"}
    answer = await http.post("/v1/admin/partners/khong/webhooks", json=body)
    assert answer.status_code == 404  # decided before the body


async def test_deliveries_are_listed_newest_first_by_state_and_article(http, desk):
    await desk.way("bao", "http://a.test/")
    first, *others = (article() for _ in range(5))
    await desk.release(first, *others)
    await desk.release(article(id=first.id, version=2))

    page = (await http.get(f"{BASE}/deliveries", params={"limit": 4})).json()
    rest = (await http.get(f"{BASE}/deliveries", params={"cursor": page["next"]})).json()
    assert [item["seq"] for item in page["items"] + rest["items"]] == [6, 5, 4, 3, 2, 1]
    assert rest["next"] is None

    wanted = {"state": "superseded", "article": str(first.id)}
    [item] = (await http.get(f"{BASE}/deliveries", params=wanted)).json()["items"]
    assert (item["seq"], item["version"], item["attempts"]) == (1, 1, 0)
    assert (await http.get(f"{BASE}/deliveries?state=lost")).status_code == 422


async def test_a_failed_delivery_is_tried_again_on_demand(http, desk, callbacks):
    await desk.way("bao", callbacks.url())
    await desk.release(article())
    await fail_all(desk)
    [item] = (await http.get(f"{BASE}/deliveries?state=failed")).json()["items"]
    again = await http.post(f"{BASE}/deliveries/{item['id']}/retry")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    async with desk.pushing():
        [row] = await desk.until_ended()

    assert (row.state, row.message) == ("delivered", item["message"])
    assert (await http.post(f"{BASE}/deliveries/{item['id']}/retry")).status_code == 409


async def test_what_a_newer_entry_has_replaced_is_not_tried_again(http, desk):
    await desk.way("bao", "http://a.test/")
    first = article()
    await desk.release(first)
    await fail_all(desk)
    await desk.release(article(id=first.id, version=2))
    [old, _] = await desk.deliveries()
    assert (await http.post(f"{BASE}/deliveries/{old.seq}/retry")).status_code == 409
    assert (await http.post(f"{BASE}/deliveries/999/retry")).status_code == 404


async def fail_all(desk: Desk) -> None:
    failed = update(DELIVERY).values(state="failed", due_at=None, ended=now(), attempts=10)
    await desk.database.write(lambda connection: connection.execute(failed).rowcount)


async def test_a_period_is_pushed_again_as_it_stands_now_and_marked(
    http: httpx2.AsyncClient, desk: Desk, callbacks: Callbacks
) -> None:
    before = now().isoformat()
    first, second = article(), article()
    await desk.release(first, second)
    await desk.release(first.model_copy(update={"version": 2}))
    await made(http, callbacks.url("/bao"))

    answer = await http.post(f"{BASE}/replay", json={"from": before})
    assert (answer.status_code, answer.json()) == (200, {"queued": 2, "next": None})
    async with desk.pushing():
        await callbacks.until(lambda: len(callbacks.bodies) == 2)

    told = [json.loads(body) for body in callbacks.bodies]
    assert sorted((each["seq"], each["version"], each["replay"]) for each in told) == [
        (2, 1, True),
        (3, 2, True),
    ]


async def test_a_replay_says_what_it_can_not_do(http: httpx2.AsyncClient) -> None:
    nobody = await http.post("/v1/admin/partners/nobody/replay", json={})
    assert nobody.status_code == 404
    backwards = {"from": "2026-03-02T08:00:00+07:00", "to": "2026-03-01T08:00:00+07:00"}
    assert (await http.post(f"{BASE}/replay", json=backwards)).status_code == 422
    assert (await http.post(f"{BASE}/replay", json={})).json() == {"queued": 0, "next": None}


async def test_a_replay_counts_nothing_that_goes_nowhere(
    http: httpx2.AsyncClient, desk: Desk, callbacks: Callbacks
) -> None:
    await desk.release(article())
    nowhere = await http.post(f"{BASE}/replay", json={})
    assert nowhere.json() == {"queued": 0, "next": None}

    webhook = (await made(http, callbacks.url()))["id"]
    unknown = await http.post(f"{BASE}/replay", json={"ways": [webhook, str(new_id())]})
    assert unknown.status_code == 422
    assert [each["pointer"] for each in unknown.json()["errors"]] == ["/ways/1"]
    chosen = await http.post(f"{BASE}/replay", json={"ways": [webhook]})
    assert chosen.json() == {"queued": 1, "next": None}
