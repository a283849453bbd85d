"""The report on a retraction: who had it, who took it down, what we saw, who is overdue."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from services.common.ids import new_id
from services.common.instants import now
from services.syndicate.circle.pulls import Fetched, pulled
from services.syndicate.partner_tables import DELIVERY, PLACE, TAKEDOWN, WAY
from services.syndicate.ways import store as ways
from tests.factories import article, retraction

PAGE = "https://bao.example/tin/1"
DELIVERED = {"state": "delivered", "ended": now(), "due_at": None}


async def test_it_tells_of_each_partner_the_worst_first(newsroom):
    for code in ("done", "late", "liar", "refuses", "silent", "slow"):
        days = 30 if code in ("done", "liar", "refuses", "slow") else 1
        await newsroom.partner(code, ack_deadline=days * 86_400)
    await newsroom.partner("never", columns=["the-thao"])
    first = article(column="kinh-te")
    await newsroom.release(first)
    (told, *_) = await newsroom.release(retraction(first.id))
    await newsroom.step(told.at + timedelta(days=2))

    await newsroom.say("done", "removed", first.id, url=PAGE)
    await newsroom.say("late", "applied", first.id)
    await newsroom.say("liar", "removed", first.id, url=f"{PAGE}?liar")
    await newsroom.say("refuses", "refused", first.id)
    await newsroom.say("slow", "received", first.id)
    for url, seen in ((PAGE, "gone"), (f"{PAGE}?liar", "standing")):
        look = update(PLACE).where(PLACE.c.url == url).values(seen=seen, seen_at=now())
        await newsroom.database.write(lambda c, look=look: c.execute(look).rowcount)

    report = await newsroom.ask(f"/articles/{first.id}/retraction-report")
    assert [(each["partner"], each["status"]) for each in report["items"]] == [
        ("refuses", "refused"),
        ("silent", "overdue"),
        ("liar", "standing"),
        ("slow", "waiting"),
        ("late", "done"),
        ("done", "done"),
    ]
    assert report["counts"] == {
        "had": 6,
        "acknowledged": 5,
        "done": 3,
        "late": 0,  # by the clock it is not
        "open": 3,
        "overdue": 1,
        "refused": 1,
        "standing": 1,
        "gone": 1,
    }
    assert report["summary"] == (
        "Partners that had it: 6. Took it down, as they say: 3. Still open: 3; of these overdue: "
        "1, refused: 1. The text was seen to stand at: 1."
    )
    liar = report["items"][2]
    assert liar["sentence"] == "It says that it took it down, but the text still stands."
    assert liar["places"][0]["sentence"].startswith(
        f"The text still stands at {PAGE}?liar (seen at"
    )
    asked = {"Accept-Language": "vi"}
    report = await newsroom.ask(f"/articles/{first.id}/retraction-report", **asked)
    assert report["summary"].startswith("Số báo đã nhận bài: 6.")


async def test_it_tells_by_which_ways_a_partner_got_it(newsroom):
    await newsroom.partner("a")
    way = await newsroom.webhook("a")
    first = article()
    (one,) = await newsroom.release(first)
    await newsroom.database.write(lambda c: c.execute(update(DELIVERY).values(DELIVERED)).rowcount)
    (two,) = await newsroom.release(retraction(first.id))
    await newsroom.database.write(
        lambda c: pulled(c, {"a": Fetched(one.seq, two.at, feed_at=two.at)})
    )

    report = await newsroom.ask(f"/articles/{first.id}/retraction-report")
    (item,) = report["items"]
    assert [(each["version"], each["kind"], each["pulled"]) for each in item["told"]] == [
        (1, "published", True),
        (2, "retracted", False),
    ]
    assert [(each["way"], each["version"], each["state"]) for each in item["sent"]] == [
        ("webhook", 1, "delivered"),
        ("webhook", 2, "waiting"),
    ]
    assert item["asked"]["pulled_at"] is None

    row = (await newsroom.rows(WAY))[0]
    assert row.id == way
    await newsroom.database.write(lambda c: ways.remove(c, row))
    report = await newsroom.ask(f"/articles/{first.id}/retraction-report")
    assert [each["way"] for each in report["items"][0]["sent"]] == [None, None]
    assert datetime.fromisoformat(item["feed_at"]) == two.at


async def test_what_was_done_after_its_time_is_late(newsroom):
    await newsroom.partner("a")
    first = article()
    await newsroom.release(first)
    (told,) = await newsroom.release(retraction(first.id))
    await newsroom.say("a", "removed", first.id)
    earlier = update(TAKEDOWN).values(deadline=told.at - timedelta(days=1))
    await newsroom.database.write(lambda c: c.execute(earlier).rowcount)

    report = await newsroom.ask(f"/articles/{first.id}/retraction-report")
    assert report["counts"]["late"] == 1
    assert report["items"][0]["sentence"] == "It says that it took it down, late."


async def test_there_is_none_on_what_was_not_retracted(newsroom):
    first, second = article(), article()
    await newsroom.release(first)
    await newsroom.release(second)
    await newsroom.release(retraction(second.id))

    assert (await newsroom.ask(f"/articles/{first.id}/retraction-report"))["status"] == 409
    assert (await newsroom.ask(f"/articles/{new_id()}/retraction-report"))["status"] == 404
    nobody = await newsroom.ask(f"/articles/{second.id}/retraction-report")
    assert (nobody["summary"], nobody["items"]) == ("No partner ever had the article.", [])


async def test_it_is_the_newsrooms_alone(newsroom):
    first = article()
    answer = await newsroom.http.get(f"/v1/admin/articles/{first.id}/retraction-report")
    assert answer.status_code == 401


async def test_the_list_of_open_retractions_goes_on_where_it_stopped(newsroom):
    for code in "abc":
        await newsroom.partner(code)
    ids = []
    for _ in range(2):
        one = article()
        ids.append(str(one.id))
        await newsroom.release(one)
        await newsroom.release(retraction(one.id))
    await newsroom.say("b", "removed", ids[0])

    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await newsroom.ask(f"/takedowns?limit=2&cursor={cursor}")
        found += [(each["partner"], each["article"]) for each in page["items"]]
        cursor = page["next"]
    assert found == [("a", ids[0]), ("c", ids[0]), *((code, ids[1]) for code in "abc")]
    done = await newsroom.ask("/takedowns?state=done")
    assert [each["word"] for each in done["items"]] == ["removed"]
    assert (await newsroom.ask("/takedowns?state=overdue"))["items"] == []
    assert len((await newsroom.ask("/takedowns?partner=c"))["items"]) == 2
    assert (await newsroom.ask("/takedowns?cursor=x"))["status"] == 422
    huge = await newsroom.ask("/takedowns?cursor=99999999999999999999.x.y")
    assert huge["status"] == 422
