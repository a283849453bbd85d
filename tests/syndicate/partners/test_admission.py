"""Who gets in below /partners/{code}, and what is said to whom."""

from base64 import b64encode

import httpx2
import pytest
from fastapi import FastAPI, Response

from services.common.limiter import Limiter
from services.syndicate.partners.routing import PartnerRoute
from tests.syndicate.partners.conftest import ADMIN

CHANGES = "/partners/bao-moi/changes"


@pytest.fixture
async def key(caller) -> str:
    await caller.partner()
    made: str = (await caller.key())["key"]
    return made


def basic(password: str, name: str = "ai-do") -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


async def test_a_key_gets_in_by_each_way(caller, key):
    for headers, query in (
        ({"Authorization": f"Bearer {key}"}, ""),
        ({"Authorization": f"bearer {key}"}, ""),
        (basic(key), ""),
        (basic(key, name=""), ""),
        ({}, f"?key={key}"),
        ({}, f"?limit=5&key={key}&after=0"),
        ({}, f"?k%65y={key}"),
    ):
        answer = await caller.http.get(CHANGES + query, headers=headers)
        assert answer.status_code == 200, (headers, query)
        assert answer.json() == {"items": [], "last": 0}
    assert (await caller.http.head(f"{CHANGES}?key={key}")).status_code == 200


async def test_wrong_keys_are_all_told_the_same(caller, key):
    plain = [
        await caller.http.get(path + query, headers=headers)
        for path in (CHANGES, "/partners/nobody/changes")
        for headers, query in (
            ({}, ""),
            ({}, "?key="),
            ({}, "?key=tinbai_no"),
            ({"Authorization": "Bearer "}, ""),
            ({"Authorization": "Bearer tinbai_no"}, ""),
            ({"Authorization": "Bearer tinbai_no"}, f"?key={key}"),
            ({"Authorization": f"Basic {key}"}, ""),
            ({"Authorization": "Basic a"}, ""),
            (basic(""), ""),
            (basic("sai", name=key), ""),
            ({"Authorization": f"Digest {key}"}, ""),
        )
    ]

    assert {answer.status_code for answer in plain} == {401}
    assert len({answer.text for answer in plain}) == 1
    challenges = plain[0].headers.get_list("www-authenticate")
    assert [each.split()[0] for each in challenges] == ["Bearer", "Basic"]


async def test_the_code_of_another_is_not_found_nor_is_one_that_nobody_has(caller, key):
    await caller.partner(code="khac")

    for code in ("khac", "nobody", "%20", "bao-moi%20"):
        answer = await caller.call("GET", f"/partners/{code}/changes?limit=0", key=key)
        assert answer.status_code == 404, code


async def test_the_newsroom_sees_what_a_partner_sees(caller, key):
    assert (await caller.call("GET", CHANGES)).status_code == 200
    assert (await caller.http.get(CHANGES, headers=basic(ADMIN))).status_code == 200
    assert (await caller.http.get(f"{CHANGES}?key={ADMIN}")).status_code == 401
    assert (await caller.call("GET", "/partners/nobody/changes")).status_code == 404


async def test_a_key_in_the_query_is_for_reading(caller, key):
    async def changed() -> dict[str, str]:
        return {}

    routes = caller.http._transport.app.router.routes
    routes.append(PartnerRoute("/partners/{code}/x", changed, dependencies=routes[-1].dependencies))
    routes[-1].methods = {"POST"}

    with_key = await caller.http.post(f"/partners/bao-moi/x?key={key}")
    bearer = await caller.call("POST", "/partners/bao-moi/x", key=key)

    assert (with_key.status_code, bearer.status_code) == (401, 200)


async def test_no_answer_is_kept_by_others_or_tells_them_its_address(caller, key):
    good = await caller.call("GET", CHANGES, key=key)
    wrong = await caller.call("GET", CHANGES, key="wrong")
    anothers = await caller.call("GET", "/partners/khac/changes", key=key)
    faulty = await caller.call("GET", f"{CHANGES}?limit=0", key=key)

    for answer, status in ((good, 200), (wrong, 401), (anothers, 404), (faulty, 422)):
        assert answer.status_code == status
        assert "private" in answer.headers["cache-control"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "Authorization" in answer.headers["vary"]
    for answer in (wrong, anothers, faulty):
        assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, ("private", "Authorization")),
        ({"cache-control": "public, max-age=10"}, ("private", "Authorization")),
        ({"cache-control": "Private, no-cache"}, ("Private, no-cache", "Authorization")),
        ({"vary": "Accept, authorization"}, ("private", "Accept, authorization")),
    ],
)
async def test_a_route_may_say_more_but_not_less(said, kept):
    app = FastAPI()
    app.router.routes.append(PartnerRoute("/x", lambda: Response(headers=said)))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as http:
        answer = await http.get("http://inside/x")

    assert (answer.headers["cache-control"], answer.headers["vary"]) == kept


async def test_each_partner_has_its_own_limit_and_is_told(caller, key, office):
    await caller.partner(code="khac")
    other, second = (await caller.key("khac"))["key"], (await caller.key())["key"]
    object.__setattr__(office, "limiter", Limiter(1, 3, "partner"))

    mine = [await caller.call("GET", CHANGES, key=each) for each in (key, second, key, second)]
    others = await caller.call("GET", "/partners/khac/changes", key=other)

    assert [answer.status_code for answer in mine] == [200, 200, 200, 429]
    assert mine[0].headers["ratelimit-policy"] == '"partner";q=3;w=3'
    assert mine[0].headers["ratelimit"].startswith('"partner";r=2;t=')
    assert int(mine[3].headers["retry-after"]) >= 1
    assert mine[3].headers["cache-control"] == "private, no-store"
    assert others.status_code == 200


async def test_strangers_are_slowed_and_partners_are_not_hurt_by_them(caller, key, office):
    object.__setattr__(office, "limiter", Limiter(1, 3, "partner"))

    strangers = [await caller.call("GET", CHANGES, key="wrong") for _ in range(4)]

    assert [answer.status_code for answer in strangers] == [401, 401, 401, 429]
    assert (await caller.call("GET", CHANGES, key=key)).status_code == 200
