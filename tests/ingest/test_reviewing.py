"""The newsroom reads what a unit that is not trusted hands in, and decides."""

import pytest

from tests.ingest.conftest import make_unit, submission


@pytest.fixture
async def new_unit(admin):
    return await make_unit(admin, "NEW", trusted=False)


async def decide(admin, article: str, decision: str, note: str = "Vì…", if_match: str = '"1"'):
    body = {"decision": decision, "note": note}
    path = f"/v1/admin/articles/{article}/review"
    return await admin.call("POST", path, body, If_Match=if_match)


async def test_what_the_newsroom_accepts_is_published(admin, new_unit):
    article = (await new_unit.submit()).json()["id"]

    answer = await decide(admin, article, "accept", note="")

    assert (answer.status_code, answer.json()["status"]) == (200, "published")
    assert answer.json()["released_version"] == 1


async def test_what_it_returns_can_be_changed_and_waits_again(admin, new_unit):
    article = (await new_unit.submit()).json()["id"]

    await decide(admin, article, "return", note="Thiếu nguồn.")
    seen = (await new_unit.call("GET", f"/v1/articles/{article}")).json()
    assert (seen["status"], seen["review"]["decision"]) == ("returned", "return")
    assert seen["review"]["note"] == "Thiếu nguồn."
    again = await new_unit.call("PUT", f"/v1/articles/{article}", submission(), If_Match='"1"')

    assert (again.status_code, again.json()["status"]) == (200, "in_review")


async def test_what_it_rejects_is_closed_to_the_unit_and_open_to_the_newsroom(admin, new_unit):
    article = (await new_unit.submit()).json()["id"]

    assert (await decide(admin, article, "reject")).json()["status"] == "rejected"
    put = ("PUT", f"/v1/articles/{article}", submission())

    assert (await new_unit.call(*put, If_Match='"1"')).status_code == 409
    edited = await admin.call(*put, If_Match='"1"')
    assert edited.json()["status"] == "in_review"


async def test_what_the_newsroom_edits_waits_until_it_accepts(admin, new_unit):
    article = (await new_unit.submit()).json()["id"]

    edited = await admin.call(
        "PUT", f"/v1/articles/{article}", submission(headline="Gọn hơn"), If_Match='"1"'
    )
    assert edited.json()["status"] == "in_review"
    assert (await decide(admin, article, "accept", if_match='"1"')).status_code == 412
    accepted = await decide(admin, article, "accept", if_match='"2"')

    assert (accepted.json()["status"], accepted.json()["headline"]) == ("published", "Gọn hơn")


async def test_a_change_of_a_published_article_waits_while_the_published_one_stands(
    admin, new_unit
):
    article = (await new_unit.submit()).json()["id"]
    await decide(admin, article, "accept")
    body = submission(headline="Mới", correction_note="Sửa tít.")

    changed = (await new_unit.call("PUT", f"/v1/articles/{article}", body, If_Match='"1"')).json()

    assert (changed["status"], changed["version"]) == ("in_review", 2)
    assert (changed["released_version"], bool(changed["published"])) == (1, True)
    assert (await decide(admin, article, "accept", if_match='"2"')).json()["released_version"] == 2


async def test_a_retraction_ends_what_is_published_and_what_waits(admin, new_unit):
    article = (await new_unit.submit()).json()["id"]
    await decide(admin, article, "accept")
    body = submission(correction_note="Sửa.")
    await new_unit.call("PUT", f"/v1/articles/{article}", body, If_Match='"1"')

    why = {"reason": "Sai.", "notice": "Rút."}
    ended = await new_unit.call("POST", f"/v1/articles/{article}/retraction", why)

    assert (ended.json()["status"], ended.json()["version"]) == ("retracted", 3)
    versions = (await new_unit.call("GET", f"/v1/articles/{article}/versions")).json()["items"]
    assert [v["status"] for v in versions] == ["retracted", "retracted", "published"]
    assert [bool(v["released"]) for v in versions] == [True, False, True]
    assert (await decide(admin, article, "accept", if_match="*")).status_code == 409


@pytest.mark.parametrize(("if_match", "code"), [(None, 428), ('"7"', 412), ("*", 200)])
async def test_a_decision_names_the_version_that_was_read(admin, new_unit, if_match, code):
    article = (await new_unit.submit()).json()["id"]
    headers = {} if if_match is None else {"If_Match": if_match}

    answer = await admin.call(
        "POST", f"/v1/admin/articles/{article}/review", {"decision": "accept"}, **headers
    )

    assert answer.status_code == code


async def test_a_return_and_a_rejection_must_tell_the_unit_why(admin, new_unit):
    article = (await new_unit.submit()).json()["id"]

    assert (await decide(admin, article, "return", note=" ")).status_code == 422
    assert (await decide(admin, article, "reject", note="")).status_code == 422


async def test_what_does_not_wait_cannot_be_reviewed(admin, unit):
    article = (await unit.submit()).json()["id"]

    assert (await decide(admin, article, "reject")).status_code == 409


async def test_a_unit_cannot_review(admin, new_unit):
    article = (await new_unit.submit()).json()["id"]

    assert (await decide(new_unit, article, "accept")).status_code == 403
