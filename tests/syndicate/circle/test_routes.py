"""`POST /partners/{code}/acknowledgements` as partners see it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.event import listen, remove

from services.common import trail
from services.common.database import sqlite_url
from services.common.ids import new_id
from services.syndicate.circle import acknowledging
from tests.factories import article, retraction
from tests.syndicate.circle.conftest import KEY

PAGE = "https://bao.example/tin/1"
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"state": "done"}, "/state"),
    ({"version": "2"}, "/version"),
    ({"version": 0}, "/version"),
    ({"version": 2**31}, "/version"),
    ({"id": "x"}, "/id"),
    ({"url": "javascript:alert(1)"}, "/url"),
    ({"url": "https://bao.example/\x00"}, "/url"),
    ({"page": PAGE}, "/page"),
]


@pytest.fixture
def database_url(tmp_path):
    """The store is tested on both kinds of database elsewhere."""
    return sqlite_url(tmp_path / "syndicate.db")


@pytest.fixture
async def first(newsroom):
    """Give an article that partner `a` has, in two versions; `b` has none."""
    await newsroom.partner("a", columns=["kinh-te"])
    await newsroom.partner("b", columns=["the-thao"])
    first = article(column="kinh-te")
    await newsroom.release(first)
    await newsroom.release(first.model_copy(update={"version": 2}))
    return first


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


async def test_a_word_is_kept_and_told_once(newsroom, first):
    new = await newsroom.say("a", "applied", first.id, url=PAGE)
    again = await newsroom.say("a", "applied", first.id)

    assert (new.status_code, again.status_code) == (201, 200)
    assert new.json() == again.json()
    assert new.headers["Location"] == f"/partners/a/acknowledgements?article={first.id}"
    assert new.json() | {"at": ""} == {
        "id": str(first.id),
        "version": 2,
        "state": "applied",
        "url": PAGE,
        "at": "",
    }
    assert await newsroom.news("acknowledged") == [("acknowledged", "a", "applied")]
    assert new.headers["location"] == f"/partners/a/acknowledgements?article={first.id}"


async def test_several_words_are_kept_together_or_not_at_all(newsroom, first):
    words = [
        {"id": str(first.id), "version": 1, "state": "received"},
        {"id": str(first.id), "version": 2, "state": "applied", "url": PAGE},
    ]
    unknown = {"id": str(new_id()), "version": 1, "state": "received"}
    future = {"id": str(first.id), "version": 9, "state": "received"}
    refused = await newsroom.say("a", [*words, unknown, future])
    assert (refused.status_code, pointers(refused)) == (422, ["/2/id", "/3/version"])
    assert await newsroom.news("acknowledged") == []

    kept = await newsroom.say("a", words)
    assert kept.status_code == 201
    assert [each["version"] for each in kept.json()["items"]] == [1, 2]
    assert (await newsroom.say("a", words)).status_code == 200
    assert len(await newsroom.news("acknowledged")) == 2
    assert (await newsroom.say("a", [])).json() == {"items": [], "next": None}


async def test_only_what_the_partner_was_told_of_can_be_acknowledged(newsroom, first):
    assert (await newsroom.say("b", "applied", first.id)).status_code == 404
    assert (await newsroom.say("a", "applied", new_id())).status_code == 404
    never = await newsroom.say("a", "applied", first.id, version=3)
    assert (never.status_code, pointers(never)) == (422, ["/version"])


async def test_the_key_is_looked_at_before_the_body(newsroom, first):
    path = "/partners/a/acknowledgements"
    assert (await newsroom.http.post(path, content=b"{")).status_code == 401
    other = {"Authorization": "Bearer b"}
    assert (await newsroom.http.post(path, content=b"{", headers=other)).status_code == 404


async def test_what_is_wrong_is_pointed_at(newsroom, first):
    for change, pointer in WRONG:
        word = {"id": str(first.id), "version": 2, "state": "applied"} | change
        for body, place in ((word, pointer), ([word], f"/0{pointer}")):
            answer = await newsroom.say("a", body)
            assert (answer.status_code, pointers(answer)) == (422, [place])


async def test_what_is_no_json_is_refused(newsroom, first):
    bearer = {"Authorization": "Bearer a"}
    path = "/partners/a/acknowledgements"
    for body in (b"", b"{", b"[", b"null", b"7", b"[[]]", b"\xff"):
        answer = await newsroom.http.post(path, content=body, headers=bearer)
        assert answer.status_code in (400, 422)
    too_many = [{"id": str(first.id), "version": 1, "state": "received"}] * 101
    assert (await newsroom.say("a", too_many)).status_code == 422


async def test_who_goes_on_and_on_is_stopped(newsroom, first, monkeypatch):
    monkeypatch.setattr(acknowledging, "_MOST", 3)
    codes = [
        (await newsroom.say("a", state, first.id)).status_code
        for state in ("applied", "refused", "applied", "refused", "applied")
    ]
    assert codes == [201, 201, 201, 409, 200]


async def test_what_one_partner_says_at_once_does_not_stand_before_others_in_the_store(
    newsroom, first, monkeypatch
):
    write, under_way, most = newsroom.database.write, 0, 0

    async def counted(job: Any) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await write(job)
        finally:
            under_way -= 1

    monkeypatch.setattr(newsroom.database, "write", counted)
    pages = [f"{PAGE}/{number}" for number in range(30)]
    answers = await asyncio.gather(
        *[newsroom.say("a", "received", first.id, url=page) for page in pages]
    )

    assert {answer.status_code for answer in answers} == {201}
    assert 1 < most <= 4


async def test_a_hundred_words_are_few_questions_to_the_store(newsroom, first):
    words = [
        {"id": str(first.id), "version": 2, "state": "received", "url": f"{PAGE}/{number}"}
        for number in range(90)
    ]
    assert (await newsroom.say("a", words)).status_code == 201
    asked: list[str] = []

    def note(*args: Any) -> None:
        asked.append(args[2])

    listen(Engine, "before_cursor_execute", note)
    try:
        assert (await newsroom.say("a", words)).status_code == 200
    finally:
        remove(Engine, "before_cursor_execute", note)
    assert 0 < len(asked) < 20


async def test_a_partner_can_read_its_own_words(newsroom, first):
    second = article(column="kinh-te")
    await newsroom.release(second)
    for state, of in (("received", first), ("received", second), ("applied", first)):
        await newsroom.say("a", state, of.id, version=1)

    async def ask(**params: Any) -> Any:
        headers = {"Authorization": "Bearer a"}
        path = "/partners/a/acknowledgements"
        return (await newsroom.http.get(path, params=params, headers=headers)).json()

    page = await ask(limit=2)
    rest = await ask(cursor=page["next"])
    states = [(each["id"], each["state"]) for each in page["items"] + rest["items"]]
    assert states == [
        (str(first.id), "received"),
        (str(second.id), "received"),
        (str(first.id), "applied"),
    ]
    assert rest["next"] is None
    assert len((await ask(article=str(first.id)))["items"]) == 2


async def test_the_newsroom_may_speak_for_a_partner_and_that_is_told(newsroom):
    await newsroom.partner("a")
    one = article()
    await newsroom.release(one)
    await newsroom.release(retraction(one.id))
    said = await newsroom.say("a", "removed", one.id, key=KEY)

    assert said.status_code == 201
    (item,) = (await newsroom.ask(f"/articles/{one.id}/retraction-report"))["items"]
    assert (item["status"], item["acknowledgements"][0]["by"]) == ("done", "newsroom")
    (entry,) = await newsroom.database.read(lambda c: trail.listed(c, 0, 10))
    assert (entry["action"], entry["object"]) == ("version.acknowledged", "partner:a")


async def test_a_refusal_is_told_in_vietnamese_to_who_wants_that(newsroom, first):
    word = {"id": str(first.id), "version": 7, "state": "applied"}
    headers = {"Authorization": "Bearer a", "Accept-Language": "vi"}
    answer = await newsroom.http.post("/partners/a/acknowledgements", json=word, headers=headers)
    assert "phiên bản" in answer.json()["errors"][0]["detail"]
