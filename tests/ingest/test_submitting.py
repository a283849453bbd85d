"""What a unit sees when it hands in, corrects and takes back."""

import asyncio

import pytest

from tests.ingest.conftest import make_unit, submission


async def test_a_submission_is_answered_with_id_version_status_and_address(unit):
    answer = await unit.submit()

    assert answer.status_code == 201
    body = answer.json()
    assert (body["version"], body["status"]) == (1, "published")
    assert answer.headers["location"] == f"/v1/articles/{body['id']}"
    assert answer.headers["etag"] == '"1"'
    assert body["url"] == f"http://archive.test/articles/{body['id']}"


async def test_a_unit_reads_back_what_it_handed_in(unit):
    made = (await unit.submit(keywords=["cảng biển"], contact="Lan, 0900 000 000")).json()

    answer = await unit.call("GET", f"/v1/articles/{made['id']}")

    assert answer.headers["etag"] == '"1"'
    assert answer.json()["keywords"] == ["cảng biển"]
    assert answer.json()["contact"] == "Lan, 0900 000 000"


async def test_text_comes_out_in_nfc(unit):
    decomposed = "Ha\u0309i quan"

    assert (await unit.submit(headline=decomposed)).json()["headline"] == "Hải quan"


async def test_the_same_idempotency_key_and_body_gives_the_first_answer_again(unit):
    first = await unit.call("POST", "/v1/articles", submission(), Idempotency_Key="k")
    again = await unit.call("POST", "/v1/articles", submission(), Idempotency_Key="k")

    assert (again.status_code, again.json()) == (201, first.json())


async def test_the_same_idempotency_key_for_another_body_is_refused(unit):
    await unit.call("POST", "/v1/articles", submission(), Idempotency_Key="k")

    other = await unit.call("POST", "/v1/articles", submission(headline="B"), Idempotency_Key="k")

    assert other.status_code == 422


async def test_an_idempotency_key_is_kept_also_where_the_article_was_known(unit):
    first = await unit.submit(external_id="cms-1")
    body = submission(external_id="cms-1")
    known = await unit.call("POST", "/v1/articles", body, Idempotency_Key="k")
    other = await unit.call("POST", "/v1/articles", submission(), Idempotency_Key="k")

    assert (known.status_code, known.json()["id"]) == (200, first.json()["id"])
    assert other.status_code == 422


async def test_a_known_external_id_with_the_same_content_is_the_same_article(unit):
    first = await unit.submit(external_id="cms-1")
    again = await unit.submit(external_id="cms-1")

    assert again.status_code == 200
    assert again.json()["id"] == first.json()["id"]


async def test_a_known_external_id_with_other_content_is_a_conflict_that_names_the_article(unit):
    first = await unit.submit(external_id="cms-1")
    other = await unit.submit(external_id="cms-1", headline="Khác")

    assert other.status_code == 409
    assert other.json()["id"] == first.json()["id"]


async def test_racing_submissions_of_one_external_id_make_one_article(unit):
    answers = await asyncio.gather(*(unit.submit(external_id="cms-1") for _ in range(20)))

    assert sorted(a.status_code for a in answers) == [200] * 19 + [201]
    assert len({a.json()["id"] for a in answers}) == 1


async def test_two_units_may_use_the_same_external_id(unit, other_unit):
    first, second = await unit.submit(external_id="1"), await other_unit.submit(external_id="1")

    assert first.json()["id"] != second.json()["id"]


async def test_a_correction_needs_a_note_for_the_readers(unit):
    article = (await unit.submit()).json()["id"]

    answer = await unit.call("PUT", f"/v1/articles/{article}", submission(), If_Match='"1"')

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/correction_note"


async def test_a_correction_becomes_the_next_version_and_keeps_the_external_id(unit):
    article = (await unit.submit(external_id="cms-1")).json()["id"]
    corrected = submission(headline="Đã sửa", correction_note="Sửa tít.")

    answer = await unit.call("PUT", f"/v1/articles/{article}", corrected, If_Match='"1"')

    assert answer.status_code == 200
    assert (answer.json()["version"], answer.json()["external_id"]) == (2, "cms-1")
    assert answer.headers["etag"] == '"2"'


@pytest.mark.parametrize(
    ("if_match", "code"),
    [({}, 428), ({"If_Match": '"7"'}, 412), ({"If_Match": 'W/"1"'}, 412), ({"If_Match": "*"}, 200)],
)
async def test_a_change_must_name_the_version_it_was_made_from(unit, if_match, code):
    article = (await unit.submit()).json()["id"]
    body = submission(correction_note="Sửa.")

    assert (await unit.call("PUT", f"/v1/articles/{article}", body, **if_match)).status_code == code


async def test_of_two_changes_of_one_version_one_wins(unit):
    article = (await unit.submit()).json()["id"]
    body = submission(correction_note="Sửa.")

    answers = await asyncio.gather(
        *(unit.call("PUT", f"/v1/articles/{article}", body, If_Match='"1"') for _ in range(2))
    )

    assert sorted(a.status_code for a in answers) == [200, 412]


async def test_a_retraction_ends_the_article_and_again_changes_nothing(unit):
    article = (await unit.submit()).json()["id"]
    why = {"reason": "Nhầm hồ sơ.", "notice": "Tin đã được rút."}

    first = await unit.call("POST", f"/v1/articles/{article}/retraction", why)
    again = await unit.call("POST", f"/v1/articles/{article}/retraction", why)

    assert (first.status_code, first.json()["status"]) == (200, "retracted")
    assert again.json() == first.json()


async def test_a_retracted_article_cannot_be_changed(unit):
    article = (await unit.submit()).json()["id"]
    why = {"reason": "Nhầm.", "notice": "Tin đã được rút."}
    await unit.call("POST", f"/v1/articles/{article}/retraction", why)

    answer = await unit.call("PUT", f"/v1/articles/{article}", submission(), If_Match='"2"')

    assert answer.status_code == 409


async def test_an_article_of_a_unit_not_trusted_waits_for_the_newsroom(admin):
    unit = await make_unit(admin, "NEW", trusted=False)

    assert (await unit.submit()).json()["status"] == "in_review"


async def test_an_embargoed_article_is_held(unit):
    answer = await unit.submit(embargoed_until="2999-01-01T00:00:00+07:00")

    assert answer.json()["status"] == "embargoed"


async def test_a_published_article_cannot_be_embargoed(unit):
    article = (await unit.submit()).json()["id"]
    body = submission(correction_note="Sửa.", embargoed_until="2999-01-01T00:00:00Z")

    answer = await unit.call("PUT", f"/v1/articles/{article}", body, If_Match='"1"')

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/embargoed_until"


async def test_a_list_is_walked_page_by_page_without_gap_or_repeat(unit):
    made = [(await unit.submit(headline=f"Tin {n}")).json()["id"] for n in range(5)]

    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await unit.call("GET", f"/v1/articles?limit=2{cursor}")).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"] and f"&cursor={page['next']}"

    assert seen == made[::-1]


async def test_the_request_id_and_trace_of_the_caller_are_given_back(unit):
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    answer = await unit.call(
        "POST", "/v1/articles", submission(), X_Request_ID="abc-1", traceparent=trace
    )

    assert answer.headers["x-request-id"] == "abc-1"
    assert answer.headers["traceparent"] == trace
