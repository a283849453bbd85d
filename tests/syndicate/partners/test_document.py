"""Partners as one document."""

from sqlalchemy import select

from services.syndicate.partner_tables import REASSESSING
from tests.syndicate.partners.conftest import PAPER

PARTNERS = "/v1/admin/partners"
RADIO = {"code": "dai", "name": "Đài"}


async def waiting(database) -> list[str]:
    query = select(REASSESSING.c.partner).order_by(REASSESSING.c.partner)
    return await database.read(lambda connection: list(connection.scalars(query)))


async def test_a_dry_run_tells_the_differences_and_changes_nothing(caller):
    shown = await caller.partner(product={"columns": ["a"]})
    changed = PAPER | {"product": {"columns": ["b"], "exclude": {"genres": ["photo"]}}}

    answer = await caller.call("PUT", f"{PARTNERS}?dry_run=true", {"partners": [RADIO, changed]})

    body = answer.json()
    assert answer.status_code == 200
    assert body["dry_run"] is True
    assert [(each["kind"], each["code"]) for each in body["added"]] == [("partner", "dai")]
    assert body["changed"][0]["fields"] == {
        "product.columns": {"before": ["a"], "after": ["b"]},
        "product.exclude.genres": {"before": [], "after": ["photo"]},
    }
    assert (await caller.call("GET", PARTNERS)).json()["items"] == [shown]


async def test_applied_it_is_there_and_again_it_changes_nothing(caller, database):
    await caller.partner(code="khac")
    document = {"partners": [PAPER, RADIO]}

    first = await caller.call("PUT", PARTNERS, document)
    again = await caller.call("PUT", PARTNERS, document)

    assert len(first.json()["added"]) == 2
    assert again.json() == {
        "dry_run": False,
        "added": [],
        "changed": [],
        "unchanged": 2,
        "not_in_document": [{"kind": "partner", "code": "khac"}],
    }
    codes = [each["code"] for each in (await caller.call("GET", PARTNERS)).json()["items"]]
    assert codes == ["bao-moi", "dai", "khac"]
    trail = (await caller.call("GET", "/v1/admin/audit")).json()["items"]
    assert [entry["object"] for entry in trail] == [
        "partner:khac",
        "partner:bao-moi",
        "partner:dai",
    ]


async def test_articles_are_gone_through_afterwards_for_whose_product_is_new(caller, database):
    await caller.call("PUT", PARTNERS, {"partners": [PAPER, RADIO]})
    assert await waiting(database) == ["bao-moi", "dai"]
    assert caller.office.reassessor.begun.is_set()

    await database.write(lambda connection: connection.execute(REASSESSING.delete()))
    renamed, ordered = RADIO | {"name": "Đài mới"}, PAPER | {"product": {"columns": ["a"]}}
    await caller.call("PUT", PARTNERS, {"partners": [renamed, ordered]})

    assert await waiting(database) == ["bao-moi"]


async def test_one_fault_and_nothing_is_done(caller):
    for faulty, pointer in (
        (RADIO | {"formats": ["pdf"]}, "/partners/1/formats/0"),
        (PAPER | {"name": "Hai"}, "/partners/1/code"),
    ):
        answer = await caller.call("PUT", PARTNERS, {"partners": [PAPER, faulty]})
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await caller.call("PUT", PARTNERS, {})).status_code == 422
    assert (await caller.call("GET", PARTNERS)).json()["items"] == []
