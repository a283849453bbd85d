"""Partners, as the newsroom keeps them."""

import json

import pytest
from sqlalchemy import select

from services.syndicate.partner_tables import PRODUCT
from tests.factories import article
from tests.syndicate.conftest import take
from tests.syndicate.partners.conftest import ADMIN, PAPER

PARTNERS = "/v1/admin/partners"
BAO_MOI = f"{PARTNERS}/bao-moi"
WHOLE = {
    "code": "bao-moi",
    "name": "Báo Mới",
    "product": {"columns": ["thong-quan"], "units": ["HQKV1"], "max_urgency": 3},
    "formats": ["ninjs"],
    "ack_deadline": 3600,
}


async def products(database) -> list[tuple[int, str]]:
    query = select(PRODUCT.c.number, PRODUCT.c.cause).order_by(PRODUCT.c.number)
    return await database.read(lambda connection: [tuple(row) for row in connection.execute(query)])


async def test_a_partner_is_made_whole_from_little(caller):
    made = await caller.call("POST", PARTNERS, PAPER)

    assert made.status_code == 201
    assert made.headers["location"] == BAO_MOI
    assert made.json()["product"]["units"] == []
    assert {name: made.json()[name] for name in ("formats", "ack_deadline", "active")} == {
        "formats": [],
        "ack_deadline": 86_400,
        "active": True,
    }
    found = await caller.call("GET", BAO_MOI)
    assert found.json() == made.json()
    assert found.headers["etag"] == made.headers["etag"]


async def test_a_code_is_taken_once(caller):
    await caller.partner()

    again = await caller.call("POST", PARTNERS, PAPER | {"name": "Khác"})

    assert again.status_code == 409
    assert (await caller.call("GET", BAO_MOI)).json()["name"] == "Báo Mới"


async def test_what_was_given_can_be_put_back(caller, database):
    shown = await caller.partner(**WHOLE)

    again = await caller.call("PUT", BAO_MOI, shown)

    assert again.status_code == 200
    assert again.json() == shown
    assert await products(database) == [(1, "changed")]


async def test_another_product_is_a_new_one_and_the_old_stays(caller, database):
    await caller.partner(**WHOLE)

    changed = await caller.call("PUT", BAO_MOI, WHOLE | {"product": {"genres": ["photo"]}})

    assert changed.json()["product"]["genres"] == ["photo"]
    assert await products(database) == [(1, "changed"), (2, "changed")]


async def test_another_name_changes_no_product(caller, database):
    await caller.partner(**WHOLE)

    await caller.call("PUT", BAO_MOI, WHOLE | {"name": "Báo Cũ", "formats": []})

    assert await products(database) == [(1, "changed")]
    assert (await caller.call("GET", BAO_MOI)).json()["name"] == "Báo Cũ"


async def test_who_has_seen_an_older_state_changes_nothing(caller):
    seen = (await caller.call("POST", PARTNERS, PAPER)).headers["etag"]
    first = await caller.call("PUT", BAO_MOI, WHOLE, If_Match=seen)
    assert first.status_code == 200

    late = await caller.call("PUT", BAO_MOI, PAPER, If_Match=seen)

    assert late.status_code == 412
    assert (await caller.call("GET", BAO_MOI)).headers["etag"] == first.headers["etag"]
    for good in ("*", f'"x", {first.headers["etag"]}'):
        assert (await caller.call("PUT", BAO_MOI, WHOLE, If_Match=good)).status_code == 200
    weak = f"W/{first.headers['etag']}"
    assert (await caller.call("PUT", BAO_MOI, WHOLE, If_Match=weak)).status_code == 412


async def test_a_code_never_changes(caller):
    await caller.partner()

    answer = await caller.call("PUT", BAO_MOI, PAPER | {"code": "khac"})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/code"]


async def test_an_unknown_partner_is_not_found_before_its_body_is_looked_at(caller):
    for method in ("GET", "PUT"):
        answer = await caller.call(method, f"{PARTNERS}/nobody", b"{")
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"code": "có dấu"}, "/code"),
        ({"products": {}}, "/products"),
        ({"product": {"unit": ["A"]}}, "/product/unit"),
        ({"product": {"genres": ["news", "poem"]}}, "/product/genres/1"),
        ({"product": {"max_urgency": 0}}, "/product/max_urgency"),
        ({"product": {"max_urgency": "3"}}, "/product/max_urgency"),
        ({"formats": ["pdf"]}, "/formats/0"),
        ({"ack_deadline": 0}, "/ack_deadline"),
    ],
)
async def test_a_fault_is_told_with_its_place(caller, change, pointer):
    answer = await caller.call("POST", PARTNERS, PAPER | change, Accept_Language="vi")

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert answer.headers["content-language"] == "vi"


async def test_units_that_nobody_has_heard_of_are_taken(caller):
    made = await caller.partner(product={"units": ["HQNEW"], "exclude": {"columns": ["moi"]}})

    assert made["product"]["units"] == ["HQNEW"]


async def test_partners_are_listed_by_code_in_parts(caller):
    for code in ("c", "a", "b"):
        await caller.partner(code=code)

    first = (await caller.call("GET", f"{PARTNERS}?limit=2")).json()
    rest = (await caller.call("GET", f"{PARTNERS}?limit=2&cursor={first['next']}")).json()

    assert [each["code"] for each in first["items"]] == ["a", "b"]
    assert [each["code"] for each in rest["items"]] == ["c"]
    assert rest["next"] is None


async def test_nobody_but_an_admin_gets_in(caller):
    await caller.partner()
    key = (await caller.key())["key"]

    for wrong in (key, "tinbai_no", ADMIN + "x"):
        for method, path in (("GET", PARTNERS), ("POST", PARTNERS), ("GET", "/v1/admin/audit")):
            assert (await caller.call(method, path, key=wrong)).status_code == 401


async def test_a_partner_is_never_deleted(caller):
    await caller.partner()

    assert (await caller.call("DELETE", BAO_MOI)).status_code == 405


async def test_who_did_what_is_written_down_and_chained(caller):
    await caller.partner()
    await caller.call("PUT", BAO_MOI, WHOLE, X_Request_ID="the-change")
    key = await caller.key()
    await caller.call("DELETE", f"{BAO_MOI}/keys/{key['id']}")
    await caller.call("PUT", BAO_MOI, WHOLE, If_Match='"stale"')  # changes nothing

    trail = (await caller.call("GET", "/v1/admin/audit")).json()["items"]
    of_partner = await caller.call("GET", "/v1/admin/audit?object=partner:bao-moi")

    did = ["partner.added", "partner.changed", "key.added", "key.revoked"]
    assert [entry["action"] for entry in trail] == did
    assert trail[1]["request_id"] == "the-change"
    assert trail[1]["previous"] == trail[0]["hash"]
    assert len(of_partner.json()["items"]) == 2
    assert key["key"] not in json.dumps(trail)


async def test_a_new_partner_finds_what_is_there_already_and_a_new_product_takes_it(
    caller, database
):
    await take(database, article(column="thong-quan"))
    await caller.partner()
    changes = "/partners/bao-moi/changes"

    held = (await caller.call("GET", changes)).json()["items"]
    await caller.call("PUT", BAO_MOI, PAPER | {"product": {"columns": ["khac"]}})
    after = (await caller.call("GET", f"{changes}?after=1")).json()["items"]

    assert [entry["kind"] for entry in held] == ["published"]
    assert [entry["kind"] for entry in after] == ["removed"]


async def test_entries_of_a_partner_that_is_not_active_go_on_being_numbered(caller, database):
    await take(database, article(column="thong-quan"))
    await caller.partner()
    closed = PAPER | {"active": False, "product": {"columns": ["khac"]}}

    await caller.call("PUT", BAO_MOI, closed)

    told = (await caller.call("GET", "/partners/bao-moi/changes")).json()["items"]
    assert [(entry["seq"], entry["kind"]) for entry in told] == [(1, "published"), (2, "removed")]
