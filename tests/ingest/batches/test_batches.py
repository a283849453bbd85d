"""Many articles at once: each line is answered as if it had come alone."""

import json
from typing import Any

from tests.ingest.conftest import Client, submission


async def batch(client: Client, *lines: object, path: str = "/v1/batches", **headers: str) -> Any:
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    answer = await client.call("POST", path, b"\n".join(raw), **headers)
    if answer.status_code != 200:
        return answer
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_a_line_for_a_line_in_order(unit):
    sent = [submission(headline=f"Tin {n}") for n in range(250)]

    answers = await batch(unit, *sent)

    assert [(a["line"], a["code"], a["version"]) for a in answers] == [
        (n, 201, 1) for n in range(1, 251)
    ]
    for place in (0, 99, 100, 249):
        article = await unit.call("GET", f"/v1/articles/{answers[place]['id']}")
        assert article.json()["headline"] == f"Tin {place}"


async def test_a_bad_line_is_refused_alone_with_its_reason(unit):
    huge = submission(body="<p>" + "x" * 600_000 + "</p>")
    answers = await batch(unit, submission(), b"{", {"headline": "A"}, huge, b"", submission())

    assert [(a["line"], a["code"]) for a in answers] == [
        (1, 201),
        (2, 400),
        (3, 422),
        (4, 413),
        (6, 201),
    ]
    assert answers[2]["errors"][0]["pointer"] == "/body"


async def test_a_batch_sent_again_with_its_key_gives_the_first_answers(unit):
    lines = [submission(headline="A"), submission(headline="B")]
    first = await batch(unit, *lines, Idempotency_Key="night")
    again = await batch(unit, *lines, Idempotency_Key="night")
    other = await batch(unit, submission(headline="A"), submission(), Idempotency_Key="night")

    assert [a["id"] for a in again] == [a["id"] for a in first]
    assert [a["code"] for a in other] == [first[0]["code"], 422]
    listed = await unit.call("GET", "/v1/articles")
    assert len(listed.json()["items"]) == 2


async def test_what_stands_twice_in_a_batch_is_one_article(unit):
    one = submission(external_id="HQ-1")
    answers = await batch(unit, one, one, submission(external_id="HQ-1", headline="Khác"))

    assert [a["code"] for a in answers] == [201, 200, 409]
    assert answers[0]["id"] == answers[1]["id"] == answers[2]["id"]


async def test_the_newsroom_says_whose_articles_they_are(admin, unit):
    assert (await batch(admin, submission())).status_code == 422

    answers = await batch(admin, submission(), path="/v1/batches?unit=HQKV3")

    assert (await unit.call("GET", f"/v1/articles/{answers[0]['id']}")).status_code == 200


async def test_without_a_key_nothing_is_read(unit):
    unit.key = "wrong"

    assert (await batch(unit, submission())).status_code == 401
