"""The registry as one document, and its changes as events."""

from sqlalchemy import select

from schemas.reading import read_registry_event
from services.ingest.tables import outbox
from tests.ingest.conftest import make_unit

REGISTRY = "/v1/admin/registry"
MERGER = {
    "units": [
        {
            "code": "HQKV2",
            "name": "Chi cục Hải quan khu vực II",
            "names": [{"name": "Chi cục Hải quan khu vực II", "from": "2025-03-15"}],
            "succeeds": ["HQHCM"],
        },
        {"code": "HQHCM", "name": "Cục Hải quan TP. Hồ Chí Minh", "active": False},
    ],
    "columns": [{"slug": "thong-quan", "name": "Thông quan"}],
    "campaigns": [
        {
            "slug": "cang-moi",
            "name": "Cảng mới",
            "from": "2026-03-01",
            "expected_units": ["HQKV2"],
        }
    ],
}


async def test_a_dry_run_tells_the_differences_and_changes_nothing(admin):
    answer = await admin.call("PUT", f"{REGISTRY}?dry_run=true", MERGER)

    assert answer.status_code == 200
    assert [each["code"] for each in answer.json()["added"]] == [
        "HQHCM",
        "HQKV2",
        "thong-quan",
        "cang-moi",
    ]
    assert (await admin.call("GET", "/v1/admin/units")).json()["items"] == []


async def test_applied_it_is_there_and_again_it_changes_nothing(admin):
    first = await admin.call("PUT", REGISTRY, MERGER)
    again = await admin.call("PUT", REGISTRY, MERGER)

    assert len(first.json()["added"]) == 4
    assert again.json() == {
        "dry_run": False,
        "added": [],
        "changed": [],
        "unchanged": 4,
        "not_in_document": [],
    }
    assert (await admin.call("GET", "/v1/admin/units/HQKV2")).json()["succeeds"] == ["HQHCM"]


async def test_what_is_given_out_can_be_put_back(admin):
    await admin.call("PUT", REGISTRY, MERGER)
    given_out = (await admin.call("GET", REGISTRY)).json()

    assert (await admin.call("PUT", REGISTRY, given_out)).json()["unchanged"] == 4
    assert given_out["columns"] == MERGER["columns"]


async def test_one_fault_leaves_everything_as_it_was(admin):
    faulty = MERGER | {"campaigns": [{"slug": "c", "name": "C", "expected_units": ["NOBODY"]}]}

    answer = await admin.call("PUT", REGISTRY, faulty)

    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/campaigns/0/expected_units/0"]
    assert (await admin.call("GET", "/v1/admin/units")).json()["items"] == []


async def test_an_unknown_field_is_refused_with_its_place(admin):
    units = [{"code": "A", "name": "A", "names": [{"name": "A", "form": "2025-03-15"}]}]

    answer = await admin.call("PUT", REGISTRY, {"units": units})

    assert [e["pointer"] for e in answer.json()["errors"]] == ["/units/0/names/0/form"]


async def test_only_what_differs_becomes_an_event_units_before_their_heirs(admin):
    await admin.call("PUT", REGISTRY, MERGER)
    await admin.call("PUT", REGISTRY, MERGER | {"columns": [{"slug": "thong-quan", "name": "Mới"}]})

    database = admin.http._transport.app.state.parts.database
    stored = await database.read(
        lambda conn: conn.execute(select(outbox.c.key, outbox.c.value).order_by(outbox.c.seq)).all()
    )
    events = [read_registry_event(row.key, row.value) for row in stored]
    assert [event.key for event in events] == [
        "unit:HQHCM",
        "unit:HQKV2",
        "column:thong-quan",
        "campaign:cang-moi",
        "column:thong-quan",
    ]


async def test_no_unit_reaches_the_registry(admin, unit):
    assert (await unit.call("GET", REGISTRY)).status_code == 403
    assert (await unit.call("PUT", REGISTRY, MERGER)).status_code == 403


async def test_a_renamed_unit_answers_with_its_names(admin):
    await make_unit(admin, "HQHCM")

    answer = await admin.call("PUT", "/v1/admin/units/HQHCM", {"code": "HQHCM", "name": "Mới"})

    assert [each["name"] for each in answer.json()["names"]] == ["HQHCM", "Mới"]
    assert (await admin.call("GET", "/v1/admin/units/HQHCM")).json() == answer.json()


async def test_a_unit_can_only_succeed_one_that_is_there(admin):
    body = {"code": "HQKV2", "name": "II", "succeeds": ["HQHCM"]}

    refused = await admin.call("POST", "/v1/admin/units", body)
    await make_unit(admin, "HQHCM")
    added = await admin.call("POST", "/v1/admin/units", body)
    circle = await admin.call(
        "PUT", "/v1/admin/units/HQHCM", {"code": "HQHCM", "name": "I", "succeeds": ["HQKV2"]}
    )

    assert [e["pointer"] for e in refused.json()["errors"]] == ["/succeeds/0"]
    assert added.status_code == 201
    assert [e["pointer"] for e in circle.json()["errors"]] == ["/succeeds/0"]


async def test_a_campaign_expects_units_that_are_there(admin):
    body = {"slug": "c", "name": "C", "expected_units": ["HQHCM"]}

    refused = await admin.call("POST", "/v1/admin/campaigns", body)
    await make_unit(admin, "HQHCM")

    assert [e["pointer"] for e in refused.json()["errors"]] == ["/expected_units/0"]
    assert (await admin.call("POST", "/v1/admin/campaigns", body)).status_code == 201
