"""What must not come in by this door, each refused with the field that is wrong."""

import json

import pytest
from pydantic import ValidationError

from schemas.article import Article
from services.ingest.submission import MAX_BYTES, Change
from tests.ingest.conftest import submission


def raw(**fields) -> bytes:
    return json.dumps(submission(**fields)).encode()


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(submission() | {f"{n:x}": 1 for n in range(40_000)}).encode(),
        json.dumps(submission(contact={f"{n:x}": 1 for n in range(40_000)})).encode(),
        b"{%s}" % b",".join(b'"%d":"\\ud800"' % n for n in range(30_000)),
    ],
)
async def test_half_a_megabyte_of_faults_is_answered_in_a_few_kilobytes(unit, body):
    alone = await unit.call("POST", "/v1/articles", body)
    in_a_batch = await unit.call("POST", "/v1/batches", body)

    assert (alone.status_code, json.loads(in_a_batch.text)["code"]) == (422, 422)
    assert len(alone.json()["errors"]) == 100
    assert max(len(alone.content), len(in_a_batch.content)) < 32 * 1024


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (raw(headline="bell \x07"), "/headline"),
        (raw(body="<p>bell \x1d</p>"), "/body"),
        (raw(body="<p>bell &#7;</p>"), "/body"),
        (raw(headline="half \ud800"), "/headline"),
        (raw(keywords=["ok", "half \udfff"]), "/keywords"),
        (raw(headline="  \n "), "/headline"),
        (raw(body="<script>alert(1)</script>"), "/body"),
        (raw(headline=7), "/headline"),
        (raw(urgency=0), "/urgency"),
        (raw(urgency="1"), "/urgency"),
        (raw(language="không"), "/language"),
        (raw(mood="cheerful"), "/mood"),
        (raw(source_url="javascript:alert(1)"), "/source_url"),
        (raw(media=[{"href": "data:text/html,x"}]), "/media/0/href"),
        (raw(media=[{"caption": "neither"}]), "/media/0"),
        (raw(media=[{"id": "0198c0de-0000-7000-8000-000000000000"}]), "/media/0/id"),
        (raw(headline="a" + "\u0300\u0323" * 20_000), "/headline"),
        (raw(media=[{"href": "http://["}]), "/media/0/href"),
        (raw(source_url="https://x/" + "\u0958" * 1990), "/source_url"),
        (raw(embargoed_until="2030-01-01T00:00:00"), "/embargoed_until"),
        (raw(embargoed_until="20300101"), "/embargoed_until"),
        (raw(embargoed_until="9999-12-31T23:59:59-23:59"), "/embargoed_until"),
        (raw(expires="tomorrow"), "/expires"),
        (raw(column="no-such"), "/column"),
        (raw(campaigns=["no-such"]), "/campaigns/0"),
        (raw(genre="statement"), "/approved_by"),
        (raw(genre="interview"), "/interviewee"),
        (raw(genre="rebuttal"), "/rebuts"),
        (b'{"headline": "no body"}', "/body"),
        (raw(contact=7), "/contact"),
        (raw(contact={"phone": "\x07"}), "/contact/phone"),
    ],
)
async def test_a_bad_field_is_refused_by_name(unit, body, pointer):
    answer = await unit.call("POST", "/v1/articles", body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert (await unit.call("GET", "/v1/articles")).json()["items"] == []


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"\xff\xfe", b"[" * 100_000, b'{"headline": ' + b"9" * 10_000 + b"}"]
)
async def test_what_is_not_json_is_refused(unit, body):
    answer = await unit.call("POST", "/v1/articles", body)

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:tinbai:problem:bad-request"


async def test_all_faults_are_told_at_once(unit):
    answer = await unit.submit(headline="", urgency=12, language="?")

    assert {e["pointer"] for e in answer.json()["errors"]} == {"/headline", "/urgency", "/language"}


async def test_a_body_over_512_kib_is_too_large(unit):
    answer = await unit.call("POST", "/v1/articles", raw(body="a" * MAX_BYTES))

    assert answer.status_code == 413


@pytest.mark.parametrize("embargo", [{}, {"embargoed_until": "2999-01-01T00:00:00Z"}])
async def test_a_body_that_grows_beyond_what_kafka_takes_is_too_large(unit, embargo):
    answer = await unit.submit(body="&" * 250_000, body_format="text", **embargo)

    assert answer.status_code == 413
    assert (await unit.call("GET", "/v1/articles")).json()["items"] == []


async def test_active_content_is_taken_out_and_the_unit_is_told(unit):
    answer = await unit.submit(body='<p onclick="x()">Tin <a href="javascript:x()">này</a></p>')

    assert answer.status_code == 201
    assert answer.json()["hints"][0]["pointer"] == "/body"


@pytest.mark.parametrize("body", ["<" * 100_000, "<a " * 60_000, '"href=' + " " * 200_000 + '"x'])
async def test_markup_made_to_be_slow_is_not(unit, body):
    answer = await unit.submit(body=f"<p>Tin</p>{body}")

    assert answer.status_code in (201, 413, 422)


async def test_a_retraction_needs_a_notice_that_readers_can_read(unit):
    article = (await unit.submit()).json()["id"]

    answer = await unit.call(
        "POST", f"/v1/articles/{article}/retraction", {"reason": "Sai.", "notice": " \n"}
    )

    assert [error["pointer"] for error in answer.json()["errors"]] == ["/notice"]


async def test_no_key_and_a_wrong_key_look_the_same(unit):
    unit.key = "wrong"
    wrong = await unit.submit()
    none = await unit.http.post("/v1/articles", json=submission())

    assert wrong.status_code == none.status_code == 401
    assert wrong.json() == none.json()


async def test_anothers_article_cannot_be_told_from_an_unknown_one(unit, other_unit):
    mine = (await unit.submit()).json()["id"]
    calls = [("GET", "", None), ("PUT", "", b"not json"), ("POST", "/retraction", b"not json")]

    for method, rest, body in calls:
        another = await other_unit.call(method, f"/v1/articles/{mine}{rest}", body)
        unknown = await other_unit.call(
            method, f"/v1/articles/0198c0de-0000-7000-8000-000000000000{rest}", body
        )
        no_id = await other_unit.call(method, f"/v1/articles/no-id{rest}", body)
        assert another.status_code == unknown.status_code == no_id.status_code == 404
        assert another.json() == unknown.json() == no_id.json()


async def test_a_unit_does_not_reach_the_registry(unit):
    assert (await unit.call("GET", "/v1/admin/units")).status_code == 403


@pytest.mark.parametrize("model", [Change, Article])
def test_a_fault_that_gets_into_a_log_tells_nothing_of_the_text(model):
    """A traceback ends with the error's own words."""
    with pytest.raises(ValidationError) as fault:
        model.model_validate_json('{"headline": ["kín"], "body": ["kín"], "contact": ["kín"]}')

    assert "kín" not in str(fault.value)
