"""Keys of partners: shown once, two at a time, ended at once."""

import asyncio
import datetime as dt

from sqlalchemy import select

from services.common.upkeep import Upkeep
from services.syndicate.partner_tables import PARTNER_KEY
from services.syndicate.partners import keyring
from services.syndicate.partners.keys import store_uses
from tests.syndicate.partners.conftest import PAPER

BAO_MOI = "/v1/admin/partners/bao-moi"
KEYS = f"{BAO_MOI}/keys"
CHANGES = "/partners/bao-moi/changes"


def in_(**time: int) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(**time)).isoformat()


async def test_a_key_is_shown_once_and_kept_as_a_digest(caller, database):
    await caller.partner()
    made = await caller.call("POST", KEYS)
    key = made.json()["key"]

    listed = (await caller.call("GET", KEYS)).json()["items"]
    rows = await database.read(lambda conn: conn.execute(select(PARTNER_KEY)).all())

    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    assert [set(item) for item in listed] == [{"id", "created", "expires", "last_used", "note"}]
    assert listed[0]["id"] == made.json()["id"]
    assert key not in repr(rows)
    assert (await caller.call("GET", CHANGES, key=key)).status_code == 200


async def test_two_keys_may_be_live_and_an_expired_one_is_none_of_them(caller, database):
    await caller.partner()
    await caller.key()
    second = await caller.key(expires=in_(hours=1), note="máy chủ mới")
    assert (await caller.call("POST", KEYS)).status_code == 409

    past = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    change = PARTNER_KEY.update().values(expires=past).where(PARTNER_KEY.c.note == "máy chủ mới")
    await database.write(lambda conn: conn.execute(change))

    assert (await caller.call("POST", KEYS)).status_code == 201
    assert second["id"] in [i["id"] for i in (await caller.call("GET", KEYS)).json()["items"]]


async def test_a_key_ends_at_its_time(caller, monkeypatch):
    await caller.partner()
    made = await caller.key(expires=in_(hours=1))
    assert (await caller.call("GET", CHANGES, key=made["key"])).status_code == 200

    monkeypatch.setattr(keyring, "now", lambda: dt.datetime.fromisoformat(made["expires"]))

    assert (await caller.call("GET", CHANGES, key=made["key"])).status_code == 401


async def test_what_can_not_be_a_key_is_refused(caller):
    await caller.partner()

    for body, pointer in (
        ({"expires": in_(hours=-1)}, "/expires"),
        ({"expires": "2030-01-01T00:00:00"}, "/expires"),
        ({"scope": "admin"}, "/scope"),
    ):
        answer = await caller.call("POST", KEYS, body)
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await caller.call("POST", KEYS, b"{")).status_code == 400


async def test_a_revoked_key_opens_nothing_at_once(caller):
    await caller.partner()
    first, second = await caller.key(), await caller.key()

    revoked = await caller.call("DELETE", f"{KEYS}/{first['id']}")

    assert revoked.status_code == 204
    assert (await caller.call("GET", CHANGES, key=first["key"])).status_code == 401
    assert (await caller.call("GET", CHANGES, key=second["key"])).status_code == 200
    assert (await caller.call("DELETE", f"{KEYS}/{first['id']}")).status_code == 404


async def test_a_key_that_is_revoked_elsewhere_is_forgotten_within_a_second(caller, database):
    await caller.partner()
    key = (await caller.key())["key"]
    assert (await caller.call("GET", CHANGES, key=key)).status_code == 200

    await database.write(lambda conn: conn.execute(PARTNER_KEY.delete()))
    await asyncio.sleep(keyring._FRESH_FOR)

    assert (await caller.call("GET", CHANGES, key=key)).status_code == 401


async def test_keys_of_others_can_not_be_reached(caller):
    await caller.partner()
    await caller.partner(code="khac")
    made = await caller.key()

    for method, path in (
        ("DELETE", f"/v1/admin/partners/khac/keys/{made['id']}"),
        ("DELETE", f"{KEYS}/no-id"),
        ("GET", "/v1/admin/partners/nobody/keys"),
        ("POST", "/v1/admin/partners/nobody/keys"),
    ):
        assert (await caller.call(method, path)).status_code == 404
    assert (await caller.call("GET", CHANGES, key=made["key"])).status_code == 200


async def test_a_key_is_known_to_be_in_use_before_and_after_that_is_stored(caller, database):
    await caller.partner()
    key = (await caller.key())["key"]
    assert (await caller.call("GET", KEYS)).json()["items"][0]["last_used"] is None

    await caller.call("GET", CHANGES, key=key)
    before = (await caller.call("GET", KEYS)).json()["items"][0]["last_used"]
    await Upkeep(database, caller.office.keyring, store_uses).once()
    after = (await caller.call("GET", KEYS)).json()["items"][0]["last_used"]

    assert caller.office.keyring.used == {}
    assert before == after is not None


async def test_keys_of_a_partner_that_is_not_active_open_nothing_until_it_is_again(caller):
    await caller.partner()
    key = (await caller.key())["key"]

    await caller.call("PUT", BAO_MOI, PAPER | {"active": False})
    closed = await caller.call("GET", CHANGES, key=key)
    await caller.call("PUT", BAO_MOI, PAPER)
    opened = await caller.call("GET", CHANGES, key=key)

    assert (closed.status_code, opened.status_code) == (401, 200)
