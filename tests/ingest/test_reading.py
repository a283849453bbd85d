"""What units and the newsroom look up: lists, versions, and what changed in each."""

import pytest

from tests.ingest.conftest import make_unit, submission

WHY = {"reason": "Sai.", "notice": "Tin đã được rút."}


async def headlines(client, query: str) -> list[str]:
    answer = await client.call("GET", f"/v1/articles?{query}")
    assert answer.status_code == 200, answer.text
    return [item["headline"] for item in answer.json()["items"]]


@pytest.fixture
async def some(admin, unit, other_unit):
    for slug in ("tet", "he"):
        await admin.call("POST", "/v1/admin/campaigns", {"slug": slug, "name": slug})
    await admin.call("POST", "/v1/admin/columns", {"slug": "thue", "name": "Thuế"})
    await unit.submit(headline="A", campaigns=["tet", "tet"], column="thue")
    await unit.submit(headline="B", campaigns=["tet", "he"], genre="notice")
    await unit.submit(headline="C", embargoed_until="2999-01-01T00:00:00Z")
    await other_unit.submit(headline="D", campaigns=["tet"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["C", "B", "A"]),
        ("campaign=tet", ["B", "A"]),
        ("campaign=he", ["B"]),
        ("column=thue", ["A"]),
        ("genre=notice", ["B"]),
        ("status=embargoed", ["C"]),
        ("status=expired", []),
        ("campaign=tet&genre=news", ["A"]),
        ("from=2999-01-01T00:00:00Z", []),
        ("to=2999-01-01T00:00:00%2B07:00", ["C", "B", "A"]),
        ("to=2001-01-01T00:00:00Z", []),
        ("unit=HQKV2", ["C", "B", "A"]),  # a unit sees its own, whatever it asks for
    ],
)
async def test_a_list_is_filtered(some, unit, query, found):
    assert await headlines(unit, query) == found


async def test_the_newsroom_filters_by_unit(some, admin):
    assert await headlines(admin, "unit=HQKV2") == ["D"]
    assert await headlines(admin, "campaign=tet") == ["D", "B", "A"]


@pytest.mark.parametrize("query", ["from=yesterday", "from=2026-01-01T00:00:00", "status=lost"])
async def test_a_filter_that_makes_no_sense_is_refused(unit, query):
    assert (await unit.call("GET", f"/v1/articles?{query}")).status_code == 422


async def test_an_article_leaves_a_campaign_with_the_version_that_does(some, unit):
    article = (await unit.call("GET", "/v1/articles?campaign=he")).json()["items"][0]["id"]
    body = submission(campaigns=["tet"], correction_note="Sửa.")
    await unit.call("PUT", f"/v1/articles/{article}", body, If_Match='"1"')

    assert await headlines(unit, "campaign=he") == []


async def test_each_version_tells_what_it_changed(unit):
    first = submission(body="<p>Cảng đón 120 tàu trong tháng.</p>", keywords=["cảng"])
    article = (await unit.call("POST", "/v1/articles", first)).json()["id"]
    second = first | {
        "body": "<p>Cảng đón 102 tàu trong tháng.</p>",
        "urgency": 3,
        "correction_note": "102 tàu.",
        "change": "minor",
    }
    await unit.call("PUT", f"/v1/articles/{article}", second, If_Match='"1"')

    newest, oldest = (await unit.call("GET", f"/v1/articles/{article}/versions")).json()["items"]

    assert (newest["version"], newest["change"]) == (2, "minor")
    assert newest["correction_note"] == "102 tàu."
    assert newest["by"] == oldest["by"] != "admin"
    assert newest["changes"] == [
        {"field": "urgency", "before": 5, "after": 3},
        {
            "field": "body",
            "passages": [
                {
                    "before": "Cảng đón",
                    "removed": "120",
                    "added": "102",
                    "after": "tàu trong tháng.",
                }
            ],
        },
    ]
    assert oldest["changes"] == []


async def test_a_version_is_given_as_it_was_handed_in(unit):
    article = (await unit.submit(headline="Cũ", contact="Lan")).json()["id"]
    body = submission(headline="Mới", correction_note="Sửa tít.")
    await unit.call("PUT", f"/v1/articles/{article}", body, If_Match='"1"')

    first = (await unit.call("GET", f"/v1/articles/{article}/versions/1")).json()

    assert (first["submission"]["headline"], first["submission"]["contact"]) == ("Cũ", "Lan")
    for number in ("3", "0", "-1", "99999999999999999999", "x"):
        path = f"/v1/articles/{article}/versions/{number}"
        assert (await unit.call("GET", path)).status_code == 404


async def test_versions_are_walked_page_by_page_each_with_its_difference(unit):
    article = (await unit.submit(headline="1")).json()["id"]
    for number in range(2, 6):
        body = submission(headline=str(number), correction_note="Sửa.")
        await unit.call("PUT", f"/v1/articles/{article}", body, If_Match="*")

    seen: list[tuple[int, bool]] = []
    cursor: str | None = ""
    while cursor is not None:
        path = f"/v1/articles/{article}/versions?limit=2{cursor}"
        page = (await unit.call("GET", path)).json()
        seen += [(v["version"], bool(v["changes"])) for v in page["items"]]
        cursor = page["next"] and f"&cursor={page['next']}"

    assert seen == [(5, True), (4, True), (3, True), (2, True), (1, False)]


async def test_the_version_that_ends_an_article_shows_why(unit):
    article = (await unit.submit()).json()["id"]
    await unit.call("POST", f"/v1/articles/{article}/retraction", WHY)

    last = (await unit.call("GET", f"/v1/articles/{article}/versions/2")).json()

    assert (last["status"], last["submission"]) == ("retracted", WHY)


async def test_another_units_versions_look_as_if_there_were_none(unit, other_unit):
    article = (await unit.submit()).json()["id"]

    for path in ("versions", "versions/1"):
        answer = await other_unit.call("GET", f"/v1/articles/{article}/{path}")
        assert answer.status_code == 404


async def test_an_article_that_is_over_before_it_is_out_is_refused(unit):
    past = await unit.submit(expires="2001-01-01T00:00:00Z")
    backwards = await unit.submit(
        embargoed_until="2999-01-02T00:00:00Z", expires="2999-01-01T00:00:00Z"
    )

    for answer in (past, backwards):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/expires"


async def test_the_newsroom_corrects_also_for_a_unit_that_is_no_longer_active(admin):
    unit = await make_unit(admin, "OLD")
    article = (await unit.submit()).json()["id"]
    closed = {"code": "OLD", "name": "OLD", "active": False}
    await admin.call("PUT", "/v1/admin/units/OLD", closed)
    body = submission(correction_note="Sửa.")

    answer = await admin.call("PUT", f"/v1/articles/{article}", body, If_Match='"1"')

    assert (answer.status_code, answer.json()["status"]) == (200, "published")
