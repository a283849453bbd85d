"""A test for one partner: the newsroom's own, and nobody else's article in any way."""

from uuid import UUID

from schemas.topics import EXPRESS
from services.common.database import Database
from services.ingest.likeness.likening import Likening
from tests.ingest.conftest import Client, make_unit, submission
from tests.ingest.events import events
from tests.ingest.likeness.test_likeness import STORY

TEST = "partner:bao-a"
NOTICE = {"reason": "Thử.", "notice": "Đã gỡ."}


def database_of(client: Client) -> Database:
    database: Database = client.http._transport.app.state.parts.database  # type: ignore[attr-defined]
    return database


async def drilled(admin: Client, audience: str = TEST, unit: str = "HQKV3", **fields) -> dict:
    path = f"/v1/articles?unit={unit}&audience={audience}"
    made = await admin.call("POST", path, submission(**fields))
    assert made.status_code == 201, made.text
    body: dict = made.json()
    return body


async def test_a_unit_may_not_choose_who_gets_its_article(unit):
    for audience in (TEST, "canary"):
        for method in ("GET", "POST"):
            path = f"/v1/articles?audience={audience}"
            assert (await unit.call(method, path, submission())).status_code == 403
    assert (await unit.call("POST", "/v1/articles?audience=public", submission())).is_success


async def test_there_are_few_audiences(admin, unit):
    for audience in ("partner:", "partner:a b", "everybody", ""):
        path = f"/v1/articles?unit=HQKV3&audience={audience}"
        assert (await admin.call("POST", path, submission())).status_code == 422, audience


async def test_every_version_goes_to_the_one_partner(admin, unit):
    made = await drilled(admin, embargoed_until="2999-01-01T00:00:00Z")
    path = f"/v1/articles/{made['id']}"
    await admin.call("PUT", path, submission(), If_Match='"1"')
    await admin.call("PUT", path, submission(correction_note="Sửa."), If_Match='"2"')
    await admin.call("POST", f"{path}/retraction", NOTICE)

    told = await events(database_of(admin), UUID(made["id"]))

    assert [(each.type, each.article.audience) for each in told] == [
        ("article.published", TEST),
        ("article.corrected", TEST),
        ("article.retracted", TEST),
    ]
    [express] = await events(database_of(admin), UUID(made["id"]), EXPRESS)
    assert express.article.audience == TEST


async def test_an_erased_test_becomes_no_public_record(admin, unit):
    made = await drilled(admin)
    path = f"/v1/admin/articles/{made['id']}/erasure"
    assert (await admin.call("POST", path, {"reason_code": "test"})).is_success

    *_, last = await events(database_of(admin), UUID(made["id"]))
    assert (last.type, last.article.audience) == ("article.erased", TEST)


async def test_it_needs_no_review(admin):
    await make_unit(admin, "NEW", trusted=False)

    assert (await drilled(admin, unit="NEW"))["status"] == "published"


async def test_the_unit_in_whose_name_it_is_does_not_see_it(admin, unit):
    made = await drilled(admin)

    path = f"/v1/articles/{made['id']}"
    for method, place, body in (
        ("GET", path, None),
        ("GET", f"{path}/timeline", None),
        ("PUT", path, submission()),
        ("POST", f"{path}/retraction", NOTICE),
    ):
        assert (await unit.call(method, place, body, If_Match='"1"')).status_code == 404
    assert (await unit.call("GET", "/v1/articles")).json()["items"] == []


async def test_the_newsroom_lists_tests_by_their_audience_only(admin, unit):
    made = await drilled(admin)
    real = (await unit.submit()).json()["id"]

    async def listed(query: str) -> list[str]:
        answer = await admin.call("GET", f"/v1/articles{query}")
        return [item["id"] for item in answer.json()["items"]]

    assert made["audience"] == TEST
    assert await listed("") == [real]
    assert await listed(f"?audience={TEST}") == [made["id"]]
    assert await listed("?audience=partner:bao-b") == []


async def test_it_takes_no_id_that_the_unit_may_need(admin, unit):
    path = f"/v1/articles?unit=HQKV3&audience={TEST}"
    refused = await admin.call("POST", path, submission(external_id="A-1"))
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/external_id"]
    assert (await unit.submit(external_id="A-1")).status_code == 201

    made = await drilled(admin)
    changed = submission(external_id="A-2", correction_note="Sửa.")
    path = f"/v1/articles/{made['id']}"
    assert (await admin.call("PUT", path, changed, If_Match='"1"')).status_code == 422


async def test_no_article_is_like_it(admin, unit):
    await drilled(admin, body=STORY)
    await Likening(database_of(admin)).look()

    assert (await unit.submit(body=STORY)).json()["hints"] == []
