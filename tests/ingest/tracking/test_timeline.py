"""What became of an article, put together from what ingest keeps and what it was told."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args
from uuid import UUID

from schemas.events import DeliveryChanged, VersionShown
from services.common.database import Database
from services.common.ids import new_id
from services.ingest import commands, store
from services.ingest.relaying import outbox
from services.ingest.relaying.outbox import Confirmed
from services.ingest.tracking import hops
from services.ingest.tracking.hops import hop_of
from services.ingest.tracking.timeline import Name, Review, Sent, Version, timeline
from tests.factories import NOON, TRACE
from tests.ingest.conftest import Client, make_unit, submission

DOCS = Path(__file__).parents[3] / "docs" / "timeline.md"
ARTICLE = new_id()
SECOND = timedelta(seconds=1)


def version(number=1, status="published", received=NOON, **fields) -> Version:
    known = {"released": received if status == "published" else None, "embargoed_until": None}
    return Version(number, status, received, request_id="r", **known | fields)


def shown(number=1, where="feeds", at=NOON, article=ARTICLE) -> VersionShown:
    return VersionShown(
        id=new_id(),
        time=at,
        producer="syndicate" if where == "feeds" else "archive",
        trace=TRACE,
        article=article,
        version=number,
        where=where,
    )


def delivery(state="delivered", partners=("bao-a", "bao-b"), at=NOON, detail="") -> DeliveryChanged:
    return DeliveryChanged(
        id=new_id(),
        time=at,
        producer="syndicate",
        trace=TRACE,
        article=ARTICLE,
        version=1,
        state=state,
        partners=list(partners),
        detail=detail,
    )


def names(versions=(), sent=(), told=()) -> list[str]:
    return [item.event for item in timeline(versions, [], sent, [hop_of(event) for event in told])]


def test_the_way_of_an_article_is_told_in_order_also_within_one_instant():
    told = [shown(where="index"), delivery("acknowledged"), shown(), delivery()]

    assert names([version()], [Sent(1, "articles", NOON)], told) == [
        "received",
        "accepted",
        "published",
        "listed",
        "indexed",
        "delivered",
        "acknowledged",
    ]


def test_versions_follow_each_other_in_one_list():
    later = NOON + SECOND
    items = timeline([version(2, received=later), version()], [], [Sent(2, "articles", later)], [])

    assert [(item.version, item.event) for item in items] == [
        (1, "received"),
        (1, "accepted"),
        (2, "received"),
        (2, "accepted"),
        (2, "published"),
    ]


def test_an_embargo_tells_until_when_and_that_it_ended():
    until = NOON + 60 * SECOND
    held = version(status="embargoed", embargoed_until=until)
    ended = version(embargoed_until=until, released=until + SECOND)

    assert names([held]) == ["received", "accepted", "embargoed"]
    assert timeline([held], [], [], [])[-1].shown()["until"] == until.isoformat()
    assert names([ended]) == ["received", "accepted", "embargoed", "released"]
    assert timeline([ended], [], [], [])[-1].at == until + SECOND


def test_an_embargo_that_was_over_when_it_came_holds_nothing():
    assert names([version(embargoed_until=NOON)]) == ["received", "accepted"]


def test_what_waits_for_the_newsroom_is_not_accepted_yet():
    assert names([version(status="in_review")]) == ["received", "in_review"]


def test_a_retraction_is_told_as_such_and_by_which_ways_it_left():
    end = version(2, "retracted", NOON + SECOND, released=NOON + SECOND)
    sent = [Sent(2, "articles", NOON + 3 * SECOND), Sent(2, "articles.express", NOON + 2 * SECOND)]
    items = timeline([end], [], sent, [])

    assert [item.event for item in items] == ["received", "retracted", "published", "published"]
    assert [item.more["topic"] for item in items[2:]] == ["articles.express", "articles"]


def test_the_log_had_a_version_before_anyone_could_show_it():
    """Kafka's word comes for a whole group; a feed may be faster than that."""
    late = Sent(1, "articles", NOON + SECOND)
    items = timeline([version()], [], [late], [hop_of(shown(at=NOON + SECOND / 2))])

    assert [item.event for item in items] == ["received", "accepted", "published", "listed"]
    assert items[2].at == items[3].at


def test_a_delivery_names_its_partners_and_how():
    [item] = timeline([], [], [], [hop_of(delivery(detail="webhook"))])

    assert item.shown() == {
        "at": NOON.isoformat(),
        "service": "syndicate",
        "event": "delivered",
        "version": 1,
        "partners": ["bao-a", "bao-b"],
        "detail": "webhook",
    }


def test_told_again_the_first_time_stands(conn):
    first, again = shown(), shown(at=NOON + SECOND)
    assert hops.keep(conn, [hop_of(first), hop_of(again)]) == [hop_of(first)]
    assert hops.keep(conn, [hop_of(again)]) == []

    assert hops.of_article(conn, ARTICLE) == [hop_of(first)]


def test_each_attempt_of_a_delivery_stands_for_itself(conn):
    told = [hop_of(delivery("tried")), hop_of(delivery("tried", at=NOON + SECOND))]
    hops.keep(conn, told)

    assert {hop.key for hop in hops.of_article(conn, ARTICLE)} == {hop.key for hop in told}


def test_attempts_over_days_are_folded_so_that_the_timeline_stays_short(conn):
    day = timedelta(days=1)
    for n in range(100):
        at = NOON + n * day
        event = delivery("tried", [f"bao-{n % 50:02}"], at, detail=str(n))
        assert hops.keep(conn, [hop_of(event), hop_of(event)])

    items = timeline([], [], [], hops.of_article(conn, ARTICLE))

    assert len(items) == hops._LINES
    assert [item.shown()["partners"] for item in items[:2]] == [["bao-00"], ["bao-01"]]
    newest = items[-1].shown()
    assert newest["partners"] == [f"bao-{n:02}" for n in range(50)]
    assert (newest["at"], newest["last"]) == (
        (NOON + (hops._LINES - 1) * day).isoformat(),
        (NOON + 99 * day).isoformat(),
    )
    assert newest["detail"] == "99"


def test_what_was_folded_and_is_told_again_changes_nothing(conn):
    told = [hop_of(delivery("tried", at=NOON + n * SECOND, detail=str(n))) for n in range(30)]
    hops.keep(conn, told)
    before = hops.of_article(conn, ARTICLE)

    hops.keep(conn, told)

    assert hops.of_article(conn, ARTICLE) == before


def test_states_and_versions_are_folded_apart(conn):
    tried = [hop_of(delivery("tried", at=NOON + n * SECOND)) for n in range(hops._LINES + 1)]
    hops.keep(conn, [*tried, hop_of(delivery("delivered"))])

    assert [hop.event for hop in hops.of_article(conn, ARTICLE)].count("delivered") == 1


def test_a_database_keeps_its_identity(conn):
    assert hops.database_id(conn) == hops.database_id(conn)


def test_the_documentation_tells_every_event_and_no_other():
    told = re.findall(r"^\| `(\w+)` \|", DOCS.read_text(), re.MULTILINE)

    assert told == list(get_args(Name))


async def of(unit, article: str) -> list[dict]:
    answer = await unit.call("GET", f"/v1/articles/{article}/timeline")
    assert answer.status_code == 200, answer.text
    assert answer.json()["next"] is None
    return answer.json()["items"]


def database_of(unit: Client) -> Database:
    database: Database = unit.http._transport.app.state.parts.database  # type: ignore[attr-defined]
    return database


async def test_right_after_the_answer_it_says_what_is_certain(unit):
    made = await unit.call("POST", "/v1/articles", submission(), X_Request_ID="follow-1")

    items = await of(unit, made.json()["id"])

    assert [item["event"] for item in items] == ["received", "accepted"]
    assert items[0] == {
        "at": made.json()["received"],
        "service": "ingest",
        "event": "received",
        "version": 1,
        "request_id": "follow-1",
    }


async def test_what_kafka_confirmed_and_others_told_joins_it(unit):
    article = (await unit.submit()).json()["id"]

    def confirm_and_tell(conn):
        rows = outbox.due(conn, 10)
        ours = [row for row in rows if row.key == f"{article}:1".encode()]
        confirmed = [Confirmed(row.seq, row.topic, row.partition, 0) for row in ours]
        outbox.mark_sent(conn, confirmed, datetime.now(UTC))
        told = [
            shown(at=datetime.now(UTC), article=UUID(article), where=w) for w in ("feeds", "index")
        ]
        hops.keep(conn, [hop_of(event) for event in told])

    await database_of(unit).write(confirm_and_tell)
    items = await of(unit, article)

    assert [(item["service"], item["event"]) for item in items] == [
        ("ingest", "received"),
        ("ingest", "accepted"),
        ("ingest", "published"),
        ("syndicate", "listed"),
        ("archive", "indexed"),
    ]
    assert items[2]["topic"] == "articles"


async def test_corrections_embargoes_and_retractions_are_told(unit):
    held = (await unit.submit(embargoed_until="2999-01-01T07:00:00+07:00")).json()["id"]
    ended = (await unit.submit()).json()["id"]
    corrected = submission(correction_note="Sửa tít.")
    await unit.call("PUT", f"/v1/articles/{ended}", corrected, If_Match='"1"')
    why = {"reason": "Nhầm hồ sơ.", "notice": "Tin đã được rút."}
    await unit.call("POST", f"/v1/articles/{ended}/retraction", why)

    [*_, embargoed] = await of(unit, held)
    assert (embargoed["event"], embargoed["until"]) == ("embargoed", "2999-01-01T00:00:00+00:00")
    assert [(item["version"], item["event"]) for item in await of(unit, ended)] == [
        (1, "received"),
        (1, "accepted"),
        (2, "received"),
        (2, "accepted"),
        (3, "received"),
        (3, "retracted"),
    ]


async def test_an_embargo_that_ended_is_told_with_the_time_of_its_release(unit):
    until = datetime(2999, 1, 1, tzinfo=UTC)
    article = (await unit.submit(embargoed_until=until.isoformat())).json()["id"]

    def release(conn):
        held = store.find(conn, UUID(article))
        assert held
        return commands.release(conn, held, until + SECOND, "http://archive.test")

    assert await database_of(unit).write(release)
    items = await of(unit, article)

    assert [item["event"] for item in items] == ["received", "accepted", "embargoed", "released"]
    assert items[2]["until"] == until.isoformat()
    assert items[3]["at"] == (until + SECOND).isoformat()


async def test_of_a_unit_not_trusted_it_says_that_the_newsroom_must_look(admin):
    unit = await make_unit(admin, "NEW", trusted=False)
    article = (await unit.submit()).json()["id"]

    assert [item["event"] for item in await of(unit, article)] == ["received", "in_review"]


async def test_it_is_the_owners_and_the_newsrooms_alone(admin, unit, other_unit):
    path = f"/v1/articles/{(await unit.submit()).json()['id']}/timeline"
    nobody = f"/v1/articles/{new_id()}/timeline"

    assert (await admin.call("GET", path)).status_code == 200
    theirs, unknown = await other_unit.call("GET", path), await other_unit.call("GET", nobody)
    assert theirs.status_code == unknown.status_code == 404
    assert theirs.json() == unknown.json()
    unit.key = "wrong"
    assert (await unit.call("GET", path)).status_code == 401


def test_what_the_newsroom_decided_is_told_with_its_note():
    waiting = version(status="returned", released=None)
    returned = Review(1, "return", "Xin thêm nguồn.", NOON + SECOND)

    items = timeline([waiting], [returned], [], [])

    assert [item.event for item in items] == ["received", "in_review", "returned"]
    assert items[-1].shown()["note"] == "Xin thêm nguồn."


def test_an_accepted_embargo_is_held_from_its_acceptance_on():
    until = NOON + 10 * SECOND
    held = version(status="embargoed", embargoed_until=until, released=None)
    accepted = Review(1, "accept", "", NOON + 5 * SECOND)

    events = [item.event for item in timeline([held], [accepted], [], [])]

    assert events == ["received", "in_review", "accepted", "embargoed"]


def test_an_embargo_that_ended_before_it_was_accepted_held_nothing():
    after = NOON + 20 * SECOND
    out = version(embargoed_until=NOON + 10 * SECOND, released=after)

    events = [item.event for item in timeline([out], [Review(1, "accept", "", after)], [], [])]

    assert events == ["received", "in_review", "accepted"]
