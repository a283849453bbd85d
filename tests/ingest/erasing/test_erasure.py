"""By order, the text of an article goes from ingest's own store too."""

import base64
import json
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Connection, text

from schemas.events import ARTICLE_EVENT, RecordParked
from schemas.topics import ARTICLES
from services.common.database import Database
from services.common.ids import new_id
from services.ingest.erasing.dead_letters import Grave, graves
from services.ingest.lifecycle import erased_id
from services.ingest.relaying import outbox
from services.ingest.relaying.comparison import fingerprint
from services.ingest.relaying.comparison import kept as kept_rows
from tests.factories import NOON, TRACE
from tests.ingest.conftest import Client, submission
from tests.ingest.media.samples import jpeg

MARK = "dấu-vết-xóa"
_numbers = count()


def marked(**fields) -> dict:
    """A submission that holds the mark wherever text may stand."""
    return submission(
        headline=f"{MARK} headline",
        lead=f"{MARK} lead",
        body=f"<p>{MARK} body</p>",
        ed_note=f"{MARK} note",
        contact=f"{MARK} contact",
        byline=[f"{MARK} byline"],
        **fields,
    )


async def erase(admin: Client, article: str, reason: str = "court-order"):
    return await admin.call(
        "POST", f"/v1/admin/articles/{article}/erasure", {"reason_code": reason}
    )


async def change(unit: Client, article: str, version: int, **fields):
    answer = await unit.call(
        "PUT",
        f"/v1/articles/{article}",
        marked(**fields) | {"correction_note": f"{MARK} correction"},
        If_Match=f'"{version}"',
    )
    assert answer.status_code == 200, answer.text


async def rows(admin: Client, query: str, **values) -> list:
    return await database_of(admin).read(
        lambda connection: list(connection.execute(text(query), values))
    )


def database_of(admin: Client) -> Database:
    transport: Any = admin.http._transport
    database: Database = transport.app.state.parts.database
    return database


@dataclass
class Kept:
    """The files in which ingest's store is; its server's own journal is no part of them."""

    folders: list[Path]
    server: str | None

    def holding(self, mark: str = MARK) -> list[Path]:
        if self.server:
            with psycopg.connect(self.server, autocommit=True) as connection:
                connection.execute("CHECKPOINT")
        wanted = [mark.encode(), json.dumps(mark)[1:-1].encode()]
        files = [path for folder in self.folders for path in folder.rglob("*") if path.is_file()]
        return [path for path in files if any(each in path.read_bytes() for each in wanted)]


@pytest.fixture
def kept(request, database_url, tmp_path) -> Kept:
    if database_url.startswith("sqlite"):
        return Kept([tmp_path], None)
    return Kept([tmp_path, request.getfixturevalue("postgres").folder / "base"], database_url)


def eraser_of(admin: Client) -> Any:
    transport: Any = admin.http._transport
    return transport.app.state.eraser


async def cleaned(admin: Client, article: str) -> None:
    """Do at once what the background loop would do soon; without Kafka that is all it can."""
    await eraser_of(admin).go_on()
    [listed] = [
        each
        for each in (await admin.call("GET", "/v1/admin/erasures")).json()["items"]
        if each["id"] == article
    ]
    assert listed["cleaned"]
    assert not listed["sent"]


async def test_only_the_newsroom_erases(admin, unit):
    made = (await unit.submit()).json()
    assert (await erase(unit, made["id"])).status_code == 403
    assert (await erase(admin, str(new_id()))).status_code == 404
    bad = await admin.call("POST", f"/v1/admin/articles/{new_id()}/erasure", b"no JSON")
    assert bad.status_code == 404
    assert (await erase(admin, made["id"], "not a code!")).status_code == 422


async def test_what_stays_is_the_record_and_again_changes_nothing(admin, unit):
    made = (await unit.call("POST", "/v1/articles", marked(external_id=f"{MARK}-7"))).json()
    await change(unit, made["id"], 1)
    first = await erase(admin, made["id"])
    assert first.status_code == 200, first.text
    assert (await erase(admin, made["id"], "personal-data")).json() == first.json()
    body = (await unit.call("GET", f"/v1/articles/{made['id']}")).json()
    assert body | first.json() == body
    assert (body["status"], body["version"]) == ("erased", 3)
    assert [each["version"] for each in body["erased"]["versions"]] == [1, 2]
    assert all(len(each["digest"]) == 64 for each in body["erased"]["versions"])
    assert body["erased"]["reason_code"] == "court-order"
    assert MARK not in json.dumps(body, ensure_ascii=False)
    listed = await unit.call("GET", "/v1/articles?status=erased")
    assert MARK not in listed.text


async def test_an_erased_article_stays_as_it_is(admin, unit):
    made = (await unit.call("POST", "/v1/articles", marked())).json()
    await erase(admin, made["id"])
    put = await unit.call("PUT", f"/v1/articles/{made['id']}", marked(), If_Match='"2"')
    assert put.status_code == 409
    given = {"reason": "r", "notice": "n"}
    retracted = await unit.call("POST", f"/v1/articles/{made['id']}/retraction", given)
    assert (retracted.status_code, retracted.json()["status"]) == (200, "erased")


async def test_the_record_overtakes_and_a_tombstone_for_each_version_follows(admin, unit):
    made = (await unit.call("POST", "/v1/articles", marked(urgency=1))).json()
    await change(unit, made["id"], 1)
    await unit.call(
        "POST", f"/v1/articles/{made['id']}/retraction", {"reason": MARK, "notice": MARK}
    )
    await erase(admin, made["id"])
    for topic in ("articles", "articles.express"):
        lane = f"{topic}/{made['id']}"
        found = await rows(
            admin,
            "SELECT key, value, partition, sent FROM outbox WHERE lane = :lane ORDER BY seq",
            lane=lane,
        )
        [record, *tombstones] = found
        event = ARTICLE_EVENT.validate_json(record.value)
        assert event.article.erased
        assert event.type == "article.erased"
        assert (event.article.version, event.article.canceled) == (4, True)
        assert [each.version for each in event.article.erased.versions] == [1, 2, 3]
        assert [row.key.decode() for row in tombstones] == [f"{made['id']}:{n}" for n in (1, 2, 3)]
        assert {row.value for row in tombstones} == {None}
        assert len({row.partition for row in found}) == 1


def send_all(connection: Connection) -> list[outbox.Waiting]:
    """Do as the relay does, with a Kafka that confirms everything."""
    sent = []
    while due := outbox.due(connection, 100):
        sent += due
        confirmed = [outbox.Confirmed(row.seq, row.topic, row.partition, row.seq) for row in due]
        outbox.mark_sent(connection, confirmed, NOON)
    return sent


async def test_what_kafka_must_hold_is_the_record_and_the_tombstones_and_these_go_twice(
    admin, unit
):
    database = database_of(admin)
    made = (await unit.call("POST", "/v1/articles", marked())).json()
    article = UUID(made["id"])
    await database.write(send_all)
    await erase(admin, made["id"])
    assert not await database.read(lambda conn: outbox.is_sent(conn, article))
    first = await database.write(send_all)
    assert await database.read(lambda conn: outbox.is_sent(conn, article))

    def looked_for(connection: Connection) -> set[bytes]:
        rows = kept_rows(connection, ARTICLES, range(ARTICLES.partitions), NOON)
        return {row.fingerprint for row in rows}

    wanted = {fingerprint(row.key, row.value) for row in first if row.topic == ARTICLES.name}
    assert await database.read(looked_for) == wanted

    def again(connection: Connection) -> list[outbox.Waiting]:
        outbox.repeat_tombstones(connection, article)
        return outbox.due(connection, 100)

    due = await database.write(again)
    assert {(row.topic, row.value) for row in due} == {
        ("articles", None),
        ("articles.express", None),
    }


async def test_no_byte_of_it_is_left_in_any_file(admin, unit, kept):
    urgent = marked(urgency=1, external_id=f"{MARK}-1")
    sent = await unit.call("POST", "/v1/articles", urgent, Idempotency_Key="a")
    again = await unit.call("POST", "/v1/articles", urgent, Idempotency_Key="b")
    assert sent.json()["id"] == again.json()["id"]
    article = sent.json()["id"]
    await change(unit, article, 1)
    for n in range(40):  # neighbours, which move from page to page
        await unit.submit(headline=f"Tin {n}", body=f"<p>{'x' * 100 * n}</p>")
    await change(unit, article, 2)
    assert kept.holding()
    await erase(admin, article)
    await cleaned(admin, article)
    assert kept.holding() == []


async def test_what_was_never_released_goes_without_an_event(admin, unit, kept):
    made = (
        await unit.call("POST", "/v1/articles", marked(embargoed_until="2999-01-01T00:00:00Z"))
    ).json()
    assert made["status"] == "embargoed"
    erased = await erase(admin, made["id"])
    assert (erased.json()["status"], erased.json()["published"]) == ("erased", None)
    assert [each["version"] for each in erased.json()["erased"]["versions"]] == [1]
    query = "SELECT * FROM outbox WHERE topic <> 'registry'"
    assert await rows(admin, query) == []
    await cleaned(admin, made["id"])
    assert kept.holding() == []


async def test_a_version_that_the_world_has_not_seen_is_not_in_the_record_it_gets(admin, unit):
    made = (await unit.call("POST", "/v1/articles", marked())).json()
    trusted = (await admin.call("GET", "/v1/admin/units/HQKV3")).json()
    await admin.call("PUT", "/v1/admin/units/HQKV3", trusted | {"trusted": False})
    await change(unit, made["id"], 1)
    await erase(admin, made["id"])
    [(value,)] = await rows(
        admin,
        "SELECT value FROM outbox WHERE topic = 'articles' AND value IS NOT NULL",
    )
    known = ARTICLE_EVENT.validate_json(value).article.erased
    assert known
    assert [each.version for each in known.versions] == [1]


async def test_the_same_handed_in_again_does_not_come_back(admin, unit, kept):
    given = marked(external_id=f"{MARK}-2")
    made = await unit.call("POST", "/v1/articles", given, Idempotency_Key="k")
    article = made.json()["id"]
    await erase(admin, article)
    by_key = await unit.call("POST", "/v1/articles", given, Idempotency_Key="k")
    by_id = await unit.call("POST", "/v1/articles", given)
    changed = await unit.call("POST", "/v1/articles", given | {"lead": "khác"})
    assert (by_key.json()["id"], by_key.json()["status"]) == (article, "erased")
    assert (by_id.status_code, by_id.json()["id"]) == (200, article)
    assert (changed.status_code, changed.json()["id"]) == (409, article)
    await cleaned(admin, article)
    assert kept.holding() == []


async def test_a_unit_may_use_an_external_id_that_only_looks_erased(unit):
    made = await unit.submit(external_id=erased_id("x"))
    assert made.status_code == 201
    assert made.json()["external_id"] == erased_id("x")


def stored(folder: Path, media: str) -> bool:
    return any(path.is_file() and path.parent.name == media for path in folder.rglob("*"))


async def test_its_pictures_go_but_not_those_that_another_article_shows(admin, unit, tmp_path):
    own, shared = [
        (await unit.call("POST", "/v1/media", data)).json()["id"] for data in (jpeg(), jpeg(50, 30))
    ]
    media = [{"id": own}, {"id": shared}]
    made = (await unit.call("POST", "/v1/articles", marked(media=media))).json()
    await change(unit, made["id"], 1, media=media)
    assert (await unit.submit(media=[{"id": shared}])).status_code == 201
    await erase(admin, made["id"])
    await cleaned(admin, made["id"])
    assert not stored(tmp_path, own)
    assert stored(tmp_path, shared)
    assert (await unit.submit(media=[{"id": own}])).status_code == 422
    assert (await unit.submit(media=[{"id": shared}])).status_code == 201


async def test_a_picture_that_was_uploaded_again_meanwhile_stays(admin, unit, tmp_path):
    own = (await unit.call("POST", "/v1/media", jpeg())).json()["id"]
    made = (await unit.call("POST", "/v1/articles", marked(media=[{"id": own}]))).json()
    eraser_of(admin).want = lambda: None  # not before the upload
    await erase(admin, made["id"])
    await unit.call("POST", "/v1/media", jpeg())
    await cleaned(admin, made["id"])
    assert stored(tmp_path, own)


def parked(key: bytes | None, value: bytes | None, topic: str = "articles") -> bytes:
    return RecordParked(
        id=new_id(),
        time=NOON,
        producer="syndicate",
        trace=TRACE,
        topic=topic,
        partition=5,
        offset=next(_numbers),
        reason="wrong_schema",
        detail="",
        size=0,
        record_key_base64=key and base64.b64encode(key).decode(),
        value_base64=value and base64.b64encode(value).decode(),
    ).to_bytes()


def test_a_parked_record_of_an_erased_article_goes_with_the_record_it_came_from():
    article = str(new_id())
    letter = parked(f"{article}:99".encode(), b"text")
    assert graves(b"articles:5:1", letter, {article}) == [
        Grave("articles.dead", 0, b"articles:5:1"),
        Grave("articles", 5, f"{article}:99".encode()),
    ]


def test_a_parked_record_that_only_tells_of_it_leaves_the_key_of_another_alone():
    article, other = str(new_id()), str(new_id())
    letter = parked(f"{other}:1".encode(), f'{{"id": "{article}"}}'.encode())
    assert graves(b"k", letter, {article}) == [Grave("articles.dead", 0, b"k")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (None, b"{}"),
        (b"k", None),
        (b"k", b"not JSON"),
        (b"k", parked(b"other:1", b"text")),
        (b"k", parked(None, None)),
    ],
)
def test_other_dead_letters_stay(key, value):
    assert graves(key, value, {str(new_id())}) == []


def test_a_parked_tombstone_holds_no_text_and_stays():
    article = str(new_id())
    assert graves(b"k", parked(f"{article}:x".encode(), None), {article}) == []


async def test_the_answer_for_an_article_that_is_like_an_erased_one_stays_its_own(
    admin, unit, other_unit, kept
):
    """The newsroom's answers name what is alike, whoever wrote it, and are kept for repetitions."""
    story = " ".join(f"từ{number}" for number in range(60))
    first = (await unit.submit(headline=f"{MARK} tít", body=story)).json()["id"]
    like = submission(body=story)
    own = await unit.call("POST", "/v1/articles", like, Idempotency_Key="own")
    assert own.json()["hints"][0]["article"] == first
    path = "/v1/articles?unit=HQKV2"
    others = await admin.call("POST", path, like, Idempotency_Key="others")
    assert first in [hint["article"] for hint in others.json()["hints"]]

    await erase(admin, first)
    await cleaned(admin, first)

    assert kept.holding() == []
    again = await unit.call("POST", "/v1/articles", like, Idempotency_Key="own")
    assert again.json()["id"] == own.json()["id"]
    assert again.json()["hints"] == []
    again = await admin.call("POST", path, like, Idempotency_Key="others")
    assert again.json()["id"] == others.json()["id"]
    assert [hint["article"] for hint in again.json()["hints"]] == [own.json()["id"]]
