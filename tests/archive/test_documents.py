"""Official documents: which articles name one."""

from datetime import timedelta

import pytest

from tests.factories import NOON, article, retraction

LETTER = article(body="<p>Theo công văn <b>4314/TCHQ-TXNK</b>, hàng được thông quan.</p>")
DECREE = article(
    headline="Sửa Nghị định 08/2015/NĐ-CP",
    body="<p>Và 4314 / TCHQ - TXNK.</p>",
    published=NOON + timedelta(hours=1),
)


@pytest.fixture
def filled(archive):
    archive.take(LETTER, DECREE, article())
    return archive


@pytest.mark.parametrize(
    "number", ["4314-tchq-txnk", "4314/TCHQ-TXNK", "4314%2FTCHQ-TXNK", "4314/tchq–txnk"]
)
async def test_the_articles_that_name_a_document_are_listed_latest_first(filled, number):
    found = await filled.json(f"/v1/documents/{number}")
    assert [item["id"] for item in found["items"]] == [str(DECREE.id), str(LETTER.id)]
    assert found["number"] == "4314/TCHQ-TXNK"
    assert found["url"] == "https://bao.test/documents/4314-tchq-txnk"


async def test_the_list_is_paged(filled):
    first = await filled.json("/v1/documents/4314-tchq-txnk?limit=1")
    second = await filled.json(f"/v1/documents/4314-tchq-txnk?limit=1&cursor={first['next']}")
    assert [first["items"][0]["id"], second["items"][0]["id"]] == [str(DECREE.id), str(LETTER.id)]
    assert second["next"] is None


@pytest.mark.parametrize("number", ["1-tchq-txnk", "hai-quan", "08-2015-nd-cp", "x/y/z"])
async def test_what_no_article_names_is_not_there(filled, number):
    assert (await filled.get(f"/v1/documents/{number}")).status_code == 404


async def test_a_document_that_only_a_retracted_article_named_is_not_there(filled):
    filled.take(retraction(DECREE.id))
    assert (await filled.get("/v1/documents/8-2015-nd-cp")).status_code == 404
    assert await filled.ids("/v1/documents/4314-tchq-txnk") == [str(LETTER.id)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("4314/TCHQ-TXNK", [LETTER, DECREE]),
        ("4314/tchq-txnk thông quan", [LETTER]),
        ('"4314/TCHQ-TXNK"', [LETTER, DECREE]),
        ("Nghị định 08/2015/NĐ-CP", [DECREE]),
        ("nghi dinh 8/2015", [DECREE]),
        ("-4314/TCHQ-TXNK thong quan", []),
    ],
)
async def test_search_knows_a_document_however_its_number_is_typed(filled, typed, found):
    others = {str(each.id) for each in (LETTER, DECREE)}
    ids = set(await filled.ids(f"/v1/search?q={typed}"))
    assert ids & others == {str(each.id) for each in found}
