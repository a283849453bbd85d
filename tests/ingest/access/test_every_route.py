"""Every route there is: who may call it, and what no route breaks on."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from starlette.routing import Mount, Route

from services.common.instants import now
from services.ingest.tables import keys
from tests.ingest.conftest import Client, make_unit

NO_ID = "0198c0de-0000-7000-8000-000000000000"
# For everyone, by the design; what is not named here needs a key.
OPEN = {"/", "/healthz", "/readyz", "/metrics", "/openapi.json"}
DOCUMENTATION = ("/docs", "/static-offline-docs")
NEWSROOM = ("/v1/admin/articles/{article}/review", "/v1/admin/polls")
UNIT = ("/v1/articles", "/v1/batches", "/v1/media")


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    pattern: str

    @property
    def needs(self) -> str:
        """Whose key it needs at least."""
        if self.pattern.startswith(NEWSROOM):
            return "newsroom"
        return "unit" if self.pattern.startswith(UNIT) else "admin"


def calls_of(app) -> list[Call]:
    return [
        Call(method, re.sub(r"\{[^}]*\}", NO_ID, route.path), route.path)
        for route in _routes(app.routes)
        if route.path not in OPEN and not route.path.startswith(DOCUMENTATION)
        for method in sorted(route.methods or ())
    ]


def _routes(routes: Iterable[Any]) -> Iterator[Any]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        elif not isinstance(route, Mount):
            yield from _routes(route.original_router.routes)


@pytest.fixture
def calls(app):
    found = calls_of(app)
    assert len(found) > 30, "the routes are not found where they were"
    return found


async def test_no_route_answers_without_a_good_key(app, calls, admin, database):
    unit, named = await make_unit(admin, "HQKV3"), {"name": "Lan", "scope": "admin"}
    revoked = (await admin.call("POST", "/v1/admin/keys", named)).json()
    expired = (await admin.call("POST", "/v1/admin/keys", named)).json()
    assert (await admin.call("DELETE", f"/v1/admin/keys/{revoked['id']}")).status_code == 204
    past = now() - timedelta(seconds=1)
    await database.write(
        lambda c: c.execute(update(keys).where(keys.c.id == expired["id"]).values(expires=past))
    )
    app.state.parts.admission.keyring.forget()
    bad = {
        "none": {},
        "empty": {"Authorization": "Bearer "},
        "unknown": {"Authorization": "Bearer tinbai_unknown"},
        "another scheme": {"Authorization": f"Basic {unit.key}"},
        "revoked": {"Authorization": f"Bearer {revoked['key']}"},
        "expired": {"Authorization": f"Bearer {expired['key']}"},
        "in the query": {},
        "signed by nobody": {"Signature": "sig=:AAAA:", "Signature-Input": "sig=();created=1"},
    }

    answers = {
        (call.method, call.pattern, which): await admin.http.request(
            call.method, call.path + f"?key={admin.key}" * (which == "in the query"), headers=sent
        )
        for call in calls
        for which, sent in bad.items()
    }

    assert {at: a.status_code for at, a in answers.items() if a.status_code != 401} == {}


@pytest.mark.parametrize("held", ["unit", "newsroom"])
async def test_no_route_answers_a_key_that_does_not_reach_it(calls, admin, held):
    client = await make_unit(admin, "HQKV3") if held == "unit" else await newsroom(admin)
    below = ("unit", "newsroom", "admin")
    beyond = [call for call in calls if below.index(call.needs) > below.index(held)]
    assert beyond

    answers = {
        (call.method, call.pattern): (await client.call(call.method, call.path)).status_code
        for call in beyond
    }

    assert {at: code for at, code in answers.items() if code != 403} == {}


async def test_no_route_breaks_on_a_character_that_no_database_holds(calls, admin):
    unit = await make_unit(admin, "HQKV3")
    names = ("unit", "column", "campaign", "cursor", "object", "name")

    answers = {
        (call.method, address): (await client.call(call.method, address, {})).status_code
        for client in (admin, unit)
        for call in calls
        for address in (
            re.sub(NO_ID, "%00", call.path),
            *(f"{call.path}?{name}=%00" for name in names),
        )
    }

    assert {at: code for at, code in answers.items() if code >= 500} == {}


async def newsroom(admin) -> Client:
    made = await admin.call("POST", "/v1/admin/keys", {"name": "Minh", "scope": "newsroom"})
    return Client(admin.http, made.json()["key"])
