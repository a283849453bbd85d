"""Keys: made once, seen once, ended at any time, and never reaching too far."""

import datetime as dt

import pytest
from sqlalchemy import select

from services.ingest.access import keyring
from services.ingest.tables import keys
from tests.ingest.conftest import Client, make_unit

KEYS = "/v1/admin/units/HQKV3/keys"


def in_(**time) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(**time)).isoformat()


async def named(admin, **fields) -> Client:
    made = await admin.call("POST", "/v1/admin/keys", fields)
    assert made.status_code == 201, made.text
    return Client(admin.http, made.json()["key"])


async def test_a_key_is_shown_once_and_kept_as_a_digest(admin, unit, database):
    listed = (await admin.call("GET", KEYS)).json()["items"]
    rows = await database.read(lambda conn: conn.execute(select(keys)).all())

    assert [set(item) for item in listed] == [{"id", "created", "expires", "last_used", "note"}]
    assert len(unit.key) > 43
    assert unit.key not in repr(rows)


async def test_a_key_ends_at_its_time(admin, unit, monkeypatch):
    made = (await admin.call("POST", KEYS, {"expires": in_(hours=1), "note": "cho máy chủ"})).json()
    expiring = Client(admin.http, made["key"])
    assert (await expiring.submit()).status_code == 201

    later = dt.datetime.fromisoformat(made["expires"])
    monkeypatch.setattr(keyring, "now", lambda: later)
    answer = await expiring.submit()

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (await unit.submit()).status_code == 201


async def test_an_expired_key_is_not_one_of_the_two(admin, unit, database):
    second = (await admin.call("POST", KEYS, {"expires": in_(hours=1)})).json()
    assert (await admin.call("POST", KEYS)).status_code == 409

    past = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    await database.write(
        lambda conn: conn.execute(
            keys.update().where(keys.c.id == second["id"]).values(expires=past)
        )
    )

    assert (await admin.call("POST", KEYS)).status_code == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"expires": "2020-01-01T00:00:00Z"}, "/expires"),
        ({"expires": "2999-01-01T00:00:00"}, "/expires"),
        ({"expires": "tomorrow"}, "/expires"),
        ({"note": "x" * 300}, "/note"),
        ({"scope": "admin"}, "/scope"),
    ],
)
async def test_what_is_wrong_with_a_wanted_key_is_told(admin, unit, body, pointer):
    answer = await admin.call("POST", KEYS, body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_last_use_is_shown_at_once_and_stored_later(admin, unit, app, database):
    stored = select(keys.c.last_used)
    await unit.call("GET", "/v1/articles")
    shown = (await admin.call("GET", KEYS)).json()["items"][0]["last_used"]
    before = await database.read(lambda conn: conn.scalar(stored))
    await app.state.upkeep.once()
    after = await database.read(lambda conn: conn.scalar(stored))

    assert before is None
    assert after.isoformat() == shown
    assert (await admin.call("GET", KEYS)).json()["items"][0]["last_used"] == shown


async def test_the_newsroom_reaches_all_articles_but_neither_registry_nor_keys_nor_audit(
    admin, unit
):
    newsroom = await named(admin, name="Ban biên tập", scope="newsroom")
    article = (await unit.submit()).json()["id"]

    assert (await newsroom.call("GET", f"/v1/articles/{article}")).status_code == 200
    retracted = await newsroom.call(
        "POST", f"/v1/articles/{article}/retraction", {"reason": "sai", "notice": "Thu hồi."}
    )
    assert retracted.status_code == 200
    for path in ("units", "columns", "keys", "units/HQKV3/keys", "audit"):
        assert (await newsroom.call("GET", f"/v1/admin/{path}")).status_code == 403
    add = await newsroom.call("POST", "/v1/admin/keys", {"name": "x", "scope": "admin"})
    assert add.status_code == 403


async def test_a_unit_reaches_nothing_of_admins(unit):
    for path in ("units", "keys", "units/HQKV3/keys", "units/HQKV3/signing-keys", "audit"):
        assert (await unit.call("GET", f"/v1/admin/{path}")).status_code == 403


async def test_an_admins_key_does_what_the_stacks_own_does_until_it_is_revoked(admin):
    somebody = await named(admin, name="Vận hành", scope="admin")
    await make_unit(somebody, "HQKV1")

    listed = (await somebody.call("GET", "/v1/admin/keys")).json()["items"]
    assert [(item["name"], item["scope"]) for item in listed] == [("Vận hành", "admin")]
    ended = await admin.call("DELETE", f"/v1/admin/keys/{listed[0]['id']}")

    assert ended.status_code == 204
    assert (await somebody.call("GET", "/v1/admin/units")).status_code == 401


async def test_keys_are_revoked_where_they_belong(admin, unit, other_unit):
    mine = (await admin.call("GET", KEYS)).json()["items"][0]["id"]

    for path in ("units/HQKV2/keys", "units/HQKV3/signing-keys", "keys"):
        assert (await admin.call("DELETE", f"/v1/admin/{path}/{mine}")).status_code == 404
    assert (await unit.submit()).status_code == 201


async def test_keys_of_an_unknown_unit_are_not_found(admin):
    assert (await admin.call("GET", "/v1/admin/units/X/keys")).status_code == 404
    assert (await admin.call("POST", "/v1/admin/units/X/keys")).status_code == 404


async def test_no_key_stands_in_a_log_line_or_a_problem(admin, unit, caplog, capfd):
    wrong = Client(admin.http, unit.key[:-2] + "xx")
    answers = [await wrong.submit(), await unit.submit(headline=""), await unit.submit()]

    written = caplog.text + "".join(capfd.readouterr()) + "".join(a.text for a in answers)
    assert "request_answered" in written
    assert unit.key not in written
    assert wrong.key not in written


async def test_a_key_that_is_revoked_while_keys_are_read_is_not_held_on_to(
    admin, unit, app, database, monkeypatch
):
    ring = app.state.parts.admission.keyring
    read = database.read

    async def read_and_be_overtaken(job):
        found = await read(job)
        monkeypatch.undo()
        await admin.call("DELETE", f"{KEYS}/{first}")
        return found

    first = (await admin.call("GET", KEYS)).json()["items"][0]["id"]
    ring.forget()
    monkeypatch.setattr(database, "read", read_and_be_overtaken)
    await unit.call("GET", "/v1/articles")

    assert (await unit.call("GET", "/v1/articles")).status_code == 401
