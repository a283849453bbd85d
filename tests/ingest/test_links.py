"""Translations and successors name articles that their unit may know of."""

from uuid import uuid4

import pytest

from tests.ingest.conftest import submission

WHY = {"reason": "Sai.", "notice": "Tin đã được rút."}


async def refusal(answer) -> tuple[int, str, str]:
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    return answer.status_code, error["pointer"], error["detail"]


@pytest.mark.parametrize("field", ["translation_of", "replaces"])
async def test_another_units_article_cannot_be_told_from_one_that_does_not_exist(
    unit, other_unit, field
):
    foreign = (await other_unit.submit()).json()["id"]

    refused = await refusal(await unit.submit(language="en", **{field: foreign}))

    assert refused[1] == f"/{field}"
    assert refused == await refusal(await unit.submit(language="en", **{field: str(uuid4())}))


async def test_a_translation_is_in_another_language(unit):
    original = (await unit.submit()).json()["id"]

    assert (await unit.submit(translation_of=original, language="en")).status_code == 201
    same = await refusal(await unit.submit(translation_of=original, language="VI"))
    assert same[1] == "/translation_of"


async def test_an_article_is_no_translation_of_itself(unit):
    article = (await unit.submit()).json()["id"]
    body = submission(translation_of=article, language="en", correction_note="Dịch.")

    put = await unit.call("PUT", f"/v1/articles/{article}", body, If_Match='"1"')

    assert (await refusal(put))[1] == "/translation_of"


async def test_only_what_was_taken_back_can_be_replaced(unit):
    article = (await unit.submit()).json()["id"]

    assert (await refusal(await unit.submit(replaces=article)))[1] == "/replaces"
    await unit.call("POST", f"/v1/articles/{article}/retraction", WHY)
    assert (await unit.submit(replaces=article)).status_code == 201


async def test_the_newsroom_may_name_any_units_article(admin, unit, other_unit):
    original = (await unit.submit()).json()["id"]
    body = submission(translation_of=original, language="en")

    answer = await admin.call("POST", "/v1/articles?unit=HQKV2", body)

    assert answer.status_code == 201
