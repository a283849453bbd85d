import httpx2
import pytest

from services.common.database import Database
from tests.factories import article
from tests.syndicate.explaining.conftest import at_desk, give_key
from tests.syndicate.partners_at_work import Desk

IN = article(column="kinh-te", headline="Tít của bài")
OTHERS_TEST = article(audience="partner:other")


@pytest.fixture(autouse=True)
async def stored(database: Database) -> None:
    def work(desk: Desk) -> None:
        desk.partner("bao", columns=["kinh-te"], exclude=[{"genres": ["photo"]}])
        desk.partner("other")
        desk.release(IN, IN.model_copy(update={"version": 2, "correction_note": "Sửa số."}))
        desk.release(OTHERS_TEST)

    await at_desk(database, work)
    await give_key(database, "bao", "bao's")


def by_key(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_a_partner_is_told_with_the_clause_and_what_it_got(
    http: httpx2.AsyncClient,
) -> None:
    answer = await http.get(f"/partners/bao/explain/{IN.id}", headers=by_key("bao's"))
    assert answer.status_code == 200
    body = answer.json()
    told = [(e["seq"], e["version"], e["kind"], e["reason"]) for e in body.pop("entries")]
    assert told == [(2, 2, "corrected", "Sửa số."), (1, 1, "published", "")]
    assert body == {
        "partner": "bao",
        "id": str(IN.id),
        "state": "in",
        "sentence": "In: version 2 is entry 2. It fits the product: its column is kinh-te.",
        "included": True,
        "clause": {
            "ground": "fits",
            "sentence": "It fits the product: its column is kinh-te.",
            "pointer": "",
            "fits": [{"field": "columns", "wanted": "kinh-te", "has": "kinh-te"}],
            "misfit": None,
        },
        "version": 2,
        "pub_status": "usable",
        "product": 1,
        "deliveries": [],
        "acknowledgements": [],
    }
    assert "Tít của bài" not in answer.text


async def test_who_asks_in_vietnamese_is_told_in_vietnamese(admin: httpx2.AsyncClient) -> None:
    answer = await admin.get(
        f"/v1/admin/partners/bao/explain/{IN.id}", headers={"Accept-Language": "vi"}
    )
    assert answer.json()["sentence"].startswith("Có: phiên bản 2 là mục số 2.")
    assert answer.headers["content-language"] == "vi"


async def test_a_clause_points_into_the_product(
    admin: httpx2.AsyncClient, database: Database
) -> None:
    photo = article(column="kinh-te", genre="photo")
    elsewhere = article(column="xa-hoi")
    await at_desk(database, lambda desk: desk.release(photo, elsewhere))
    pointers = [
        (await admin.get(f"/v1/admin/partners/bao/explain/{of.id}")).json()["clause"]["pointer"]
        for of in (photo, elsewhere)
    ]
    assert pointers == ["/exclude/0", "/columns"]


async def test_an_old_version_and_an_old_product_can_be_asked_for(
    admin: httpx2.AsyncClient, database: Database
) -> None:
    await at_desk(database, lambda desk: desk.change_product("bao", 2, columns=["xa-hoi"]))
    path = f"/v1/admin/partners/bao/explain/{IN.id}"
    asked = {"version": 1, "product": 1}
    assert (
        (await admin.get(path, params=asked))
        .json()["sentence"]
        .startswith("In: product 1 includes version 1.")
    )
    assert (await admin.get(path, params={"product": 2})).json()["state"] == "out"
    assert (await admin.get(path, params={"product": 3})).status_code == 404


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        (f"/partners/bao/explain/{IN.id}", "nobody's", 401),
        (f"/partners/other/explain/{IN.id}", "bao's", 404),
        (f"/partners/bao/explain/{article().id}", "bao's", 404),
        (f"/partners/bao/explain/{OTHERS_TEST.id}", "bao's", 404),
        ("/partners/bao/explain/4711", "bao's", 404),
        (f"/v1/admin/partners/bao/explain/{IN.id}", "bao's", 401),
        (f"/v1/admin/partners/nobody/explain/{IN.id}", "admin's", 404),
    ],
    ids=range(7),  # the paths differ from run to run
)
async def test_nobody_else_is_told(
    http: httpx2.AsyncClient, path: str, key: str, status: int
) -> None:
    answer = await http.get(path, headers=by_key(key))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_newsroom_is_told_of_tests_for_others(admin: httpx2.AsyncClient) -> None:
    answer = await admin.get(f"/v1/admin/partners/bao/explain/{OTHERS_TEST.id}")
    assert answer.json()["clause"]["ground"] == "others_test"
