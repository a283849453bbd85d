"""Manifests as a partner asks for them, of entries that are there."""

from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx2
import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from fastapi import FastAPI
from sqlalchemy import Connection, insert

from services.common import problems
from services.common.auth import digest
from services.common.database import Database
from services.common.ids import new_id
from services.common.instants import now
from services.syndicate.manifests import routes
from services.syndicate.manifests.manifest import SignedManifest
from services.syndicate.partner_tables import PARTNER, PARTNER_ENTRY, PARTNER_KEY
from tests.syndicate.partners_at_work import office_of

KEY = "a-partner's-key"
DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def add_partner(connection: Connection, code: str, key: str, created: datetime) -> None:
    partner: dict[str, Any] = {
        "code": code,
        "name": code,
        "formats": "[]",
        "ack_deadline": 60,
        "product": 1,
        "last_seq": 0,
        "created": created,
    }
    connection.execute(insert(PARTNER), partner)
    row = {"id": new_id(), "partner": code, "digest": digest(key), "created": created}
    connection.execute(insert(PARTNER_KEY), row)


def add_entries(connection: Connection, first: int, at: list[datetime]) -> None:
    rows = [
        {
            "partner": "bao",
            "seq": seq,
            "article": UUID(int=seq),
            "version": 1,
            "at": when,
            "kind": "published",
            "reason": "",
            "digest": f"{seq:064}",
            "product": 1,
            "replay": False,
        }
        for seq, when in enumerate(at, first)
    ]
    connection.execute(insert(PARTNER_ENTRY), rows)


@pytest.fixture
async def database(database_url) -> AsyncIterator[Database]:
    database = Database(database_url, PARTNER.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
async def http(database) -> AsyncIterator[httpx2.AsyncClient]:
    app = FastAPI()
    problems.install(app)
    app.include_router(routes.router)
    app.include_router(routes.for_everybody)
    app.state.office = office_of(database)
    await database.write(partial(add_partner, code="bao", key=KEY, created=NOON))
    bearer = {"Authorization": f"Bearer {KEY}"}
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://inside", headers=bearer
    ) as http:
        yield http


async def manifest(http, day: object, **params: int) -> Any:
    answer = await http.get(f"/partners/bao/manifests/{day}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def verify(http, signed: dict[str, Any]) -> None:
    public = (await http.get("/manifests/key", headers={"Authorization": ""})).json()
    assert signed["key"] == public["id"]
    rest = {name: value for name, value in signed.items() if name != "signature"}
    key: Any = load_pem_public_key(public["pem"].encode())
    key.verify(b64decode(signed["signature"]), rfc8785.dumps(rest))


async def test_a_day_lists_what_the_partner_was_told_on_it_and_is_signed(http, database):
    at = [NOON, NOON + timedelta(hours=11, minutes=59), NOON + timedelta(hours=12)]
    await database.write(partial(add_entries, first=1, at=at))

    told = await manifest(http, DAY)

    assert [(item["seq"], item["id"]) for item in told["items"]] == [
        (1, str(UUID(int=1))),
        (2, str(UUID(int=2))),
    ]
    assert told["items"][0] == {
        "seq": 1,
        "id": str(UUID(int=1)),
        "version": 1,
        "kind": "published",
        "digest": f"{1:064}",
        "at": "2026-03-02T12:00:00Z",
    }
    assert (told["after"], told["last"], told["next"]) == (0, 2, None)
    assert (told["partner"], told["date"], told["complete"]) == ("bao", "2026-03-02", True)
    await verify(http, told)


async def test_what_is_sent_is_canonical_json_in_the_form_that_is_documented(http, database):
    await database.write(partial(add_entries, first=1, at=[NOON]))

    answer = await http.get(f"/partners/bao/manifests/{DAY}")

    assert answer.content == rfc8785.dumps(answer.json())
    SignedManifest.model_validate_json(answer.content, strict=True, extra="forbid")


async def test_a_manifest_that_was_altered_does_not_verify(http, database):
    await database.write(partial(add_entries, first=1, at=[NOON]))
    told = await manifest(http, DAY)

    alterations: list[dict[str, Any]]
    alterations = [{"items": []}, {"complete": False}, {"partner": "another"}, {"last": 0}]
    for altered in alterations:
        with pytest.raises(InvalidSignature):
            await verify(http, told | altered)


async def test_a_day_on_which_nothing_was_told_has_an_empty_manifest(http, database):
    at = [NOON, NOON + timedelta(days=2)]
    await database.write(partial(add_entries, first=1, at=at))

    told = await manifest(http, DAY + timedelta(days=1))

    assert (told["items"], told["after"], told["last"]) == ([], 1, 1)
    await verify(http, told)


async def test_days_join_up_even_where_the_clock_was_set_back_over_midnight(http, database):
    midnight = NOON + timedelta(hours=12)
    second = timedelta(seconds=1)
    at = [NOON, midnight - second, midnight + second, midnight - second / 2, midnight + 2 * second]
    await database.write(partial(add_entries, first=1, at=at))

    first, second_day = (await manifest(http, DAY), await manifest(http, DAY + timedelta(days=1)))

    seqs = [item["seq"] for told in (first, second_day) for item in told["items"]]
    assert seqs == [1, 2, 3, 4, 5]
    assert first["last"] == second_day["after"]


async def test_today_is_not_complete(http, database):
    today = now().date()

    assert (await manifest(http, today))["complete"] is False


async def test_there_is_none_before_the_first_day_nor_after_today(http, database):
    tomorrow = now().date() + timedelta(days=1)

    for day in (DAY - timedelta(days=1), tomorrow, "9999-12-31", "0001-01-01", "yesterday"):
        answer = await http.get(f"/partners/bao/manifests/{day}")
        assert answer.status_code == 404, day


async def test_a_large_day_is_told_in_parts_each_of_them_signed(http, database):
    await database.write(partial(add_entries, first=1, at=[NOON] * 5))

    told, after = [], 0
    while True:
        part = await manifest(http, DAY, after=after, limit=2)
        await verify(http, part)
        assert part["after"] == after
        told += [item["seq"] for item in part["items"]]
        if part["next"] is None:
            break
        after = part["next"]

    assert told == [1, 2, 3, 4, 5]


async def test_the_days_are_listed_and_today_is_the_last_of_them(http, database):
    days = [NOON + timedelta(days=n) for n in (0, 0, 3, 9)]
    await database.write(partial(add_entries, first=1, at=days))

    listed: list[Any] = []
    cursor: dict[str, Any] = {}
    while True:
        params = {"limit": 2, **cursor}
        page = (await http.get("/partners/bao/manifests", params=params)).json()
        listed += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}

    assert [(day["date"], day["after"], day["last"]) for day in listed] == [
        ("2026-03-02", 0, 2),
        ("2026-03-05", 2, 3),
        ("2026-03-11", 3, 4),
        (str(now().date()), 4, 4),
    ]
    assert [day["complete"] for day in listed] == [True, True, True, False]


async def test_only_the_partner_itself_gets_its_manifests(http, database):
    await database.write(partial(add_partner, code="khac", key="other", created=NOON))

    for path in ("/partners/bao/manifests", f"/partners/bao/manifests/{DAY}"):
        assert (await http.get(path, headers={"Authorization": ""})).status_code == 401
        assert (await http.get(path, headers={"Authorization": "Bearer x"})).status_code == 401
        assert (await http.get(path, headers={"Authorization": "Bearer other"})).status_code == 404


async def test_the_key_is_made_once(http, database):
    keys = [(await http.get("/manifests/key")).json() for _ in range(2)]

    assert keys[0] == keys[1]
    assert keys[0]["jwk"]["kid"] == keys[0]["id"]
    assert keys[0]["jwk"] | {"x": "", "kid": ""} == {
        "kty": "OKP",
        "crv": "Ed25519",
        "use": "sig",
        "x": "",
        "kid": "",
    }
