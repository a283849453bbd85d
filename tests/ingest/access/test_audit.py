"""Who did what: written with what it tells of, or not at all."""

from sqlalchemy import text

from services.common import trail
from tests.ingest.conftest import make_unit, submission


async def entries(admin, query: str = "limit=1000") -> list[dict]:
    answer = await admin.call("GET", f"/v1/admin/audit?{query}")
    assert answer.status_code == 200
    return answer.json()["items"]


def actions(items: list[dict]) -> list[str]:
    return [item["action"] for item in items]


async def test_what_becomes_of_an_article_is_written_down_with_key_and_request(admin, unit):
    made = (await unit.call("POST", "/v1/articles", submission(), X_Request_ID="r-1")).json()
    path = f"/v1/articles/{made['id']}"
    await unit.call("PUT", path, submission(correction_note="Sửa."), If_Match='"1"')
    await unit.call("POST", f"{path}/retraction", {"reason": "sai", "notice": "Thu hồi."})
    await unit.call("POST", f"{path}/retraction", {"reason": "sai", "notice": "Thu hồi."})

    told = await entries(admin, f"object=article:{made['id']}")
    key = (await admin.call("GET", "/v1/admin/units/HQKV3/keys")).json()["items"][0]["id"]

    assert actions(told) == ["article.submitted", "article.changed", "article.retracted"]
    assert {(item["by"], item["unit"]) for item in told} == {(key, "HQKV3")}
    assert told[0]["request_id"] == "r-1"
    assert told[0]["detail"]["version"] == 1
    assert len(told[0]["detail"]["digest"]) == 64


async def test_what_was_refused_or_repeated_is_no_act(admin, unit):
    before = len(await entries(admin))
    body = submission(external_id="a")
    await unit.call("POST", "/v1/articles", body)
    await unit.call("POST", "/v1/articles", body)
    await unit.submit(headline="")
    await unit.submit(column="no-such")

    assert len(await entries(admin)) == before + 1


async def test_registry_and_keys_are_written_down(admin):
    await make_unit(admin, "HQKV3")
    await admin.call("PUT", "/v1/admin/units/HQKV3", {"code": "HQKV3", "name": "Mới"})
    keys = "/v1/admin/units/HQKV3/keys"
    key = (await admin.call("GET", keys)).json()["items"][0]["id"]
    await admin.call("DELETE", f"{keys}/{key}")

    told = await entries(admin)

    assert actions(told) == ["registry.added", "key.added", "registry.changed", "key.revoked"]
    assert told[1]["object"] == told[3]["object"] == f"key:{key}"
    assert told[1]["detail"] == {"of": "unit:HQKV3", "scope": "submit", "expires": None}
    assert {item["by"] for item in told} == {"admin"}


async def test_neither_text_nor_secrets_stand_in_it(admin, unit):
    await unit.submit(
        headline="Dấu vết", body="<p>chữ trong bài</p>", contact="ai đó", lead="sa pô"
    )
    written = repr(await entries(admin))

    for secret in ("Dấu vết", "chữ trong bài", "ai đó", "sa pô", unit.key):
        assert secret not in written


async def test_it_is_read_in_pages(admin, unit):
    for _ in range(5):
        await unit.submit()
    whole = await entries(admin)

    pages: list[dict] = []
    after: int | None = 0
    while after is not None:
        page = (await admin.call("GET", f"/v1/admin/audit?after={after}&limit=3")).json()
        pages, after = pages + page["items"], page["next"]

    assert pages == whole
    assert [item["seq"] for item in whole] == list(range(1, len(whole) + 1))
    assert list(trail.faults(map(trail.as_entry, whole), {})) == []


async def test_a_change_in_the_database_shows_in_what_admins_read(admin, unit, database):
    await unit.submit()
    await database.write(lambda c: c.execute(text("update audit set \"by\" = 'x' where seq = 3")))

    found = list(trail.faults(map(trail.as_entry, await entries(admin)), {}))

    assert found == [trail.Fault(3, "was changed")]


async def test_the_head_is_logged_so_that_the_log_tells_of_what_was_cut_off(
    admin, unit, app, capfd
):
    await unit.submit()
    newest = (await entries(admin))[-1]["hash"]
    assert newest not in capfd.readouterr().out

    await app.state.upkeep.once()
    await app.state.upkeep.once()

    assert capfd.readouterr().out.count(newest) == 1
