"""Units that only have a web site: what their feeds show becomes articles, over real HTTP."""

import asyncio
import time
from datetime import timedelta

import pytest

from services.common.instants import now
from tests.common.sites import ok, reply, serving
from tests.ingest.polling.conftest import DEADLINE, FeedSite, ingesting, showing
from tests.ingest.polling.feeds import item, rss


async def test_items_become_articles_the_oldest_first(newsroom):
    async with showing(rss(item(2), item(1))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()

    articles = await newsroom.articles()
    assert [(a["headline"], a["status"]) for a in articles] == [
        ("Tin số 2", "published"),
        ("Tin số 1", "published"),
    ]
    assert articles[0]["external_id"] == "tin-2"
    assert {i["article"] for i in await newsroom.items()} == {a["id"] for a in articles}


async def test_items_of_a_unit_that_is_not_trusted_wait_for_the_newsroom(newsroom):
    async with showing(rss(item(1))) as site:
        await newsroom.pulls(site, trusted=False)
        await newsroom.polled()

    assert [a["status"] for a in await newsroom.articles()] == ["in_review"]


async def test_a_feed_that_is_unchanged_is_not_sent_again_and_changes_nothing(newsroom):
    async with showing(rss(item(1))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()
        await newsroom.poll_again()
        site.etag = '"other"'  # sent again, with the same items
        await newsroom.poll_again()

    assert site.statuses == [200, 304, 200]
    assert (await newsroom.article())["version"] == 1


async def test_a_changed_item_is_a_correction_that_says_so(newsroom):
    async with showing(rss(item(1))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()
        site.shows(rss(item(1, "<p>Nội dung mới.</p>")))
        await newsroom.poll_again()

    article = await newsroom.article()
    assert (article["version"], article["status"]) == (2, "published")
    assert article["body"] == "<p>Nội dung mới.</p>"
    assert "nội dung mới" in article["correction_note"]
    assert article["external_id"] == "tin-1"


async def test_a_changed_item_that_waits_for_the_newsroom_needs_no_note(newsroom):
    async with showing(rss(item(1))) as site:
        await newsroom.pulls(site, trusted=False, languages=["en"])
        await newsroom.polled()
        site.shows(rss(item(1, "<p>x</p>")))
        await newsroom.poll_again()

    article = await newsroom.article()
    assert (article["version"], article["status"]) == (2, "in_review")
    assert (article["correction_note"], article["language"]) == ("", "en")


async def test_what_only_looks_different_before_it_is_read_is_no_correction(newsroom):
    async with showing(rss(item(1, "<p>Nội dung</p>"))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()
        site.shows(rss(item(1, "<p>Nội dung</p><!-- 17 ms -->")))
        await newsroom.poll_again()

    assert (await newsroom.article())["version"] == 1


async def test_an_item_that_leaves_the_feed_is_not_taken_back(newsroom):
    async with showing(rss(item(1))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()
        site.shows(rss(item(2)))
        await newsroom.poll_again()

    assert [a["status"] for a in await newsroom.articles()] == ["published", "published"]


async def test_the_newsroom_s_correction_stands_against_the_feed(newsroom):
    async with showing(rss(item(1))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()
        mine = {"headline": "Của tòa soạn", "body": "<p>x</p>", "correction_note": "Sửa"}
        path = f"/v1/articles/{(await newsroom.article())['id']}"
        assert (await newsroom.call("PUT", path, mine, If_Match='"1"')).status_code == 200
        site.shows(rss(item(1, "<p>Nội dung mới.</p>")))
        await newsroom.poll_again()

    article = await newsroom.article()
    assert (article["headline"], article["version"]) == ("Của tòa soạn", 2)
    (noted,) = await newsroom.items(noted=True)
    assert "published at version 2" in noted["note"]


async def test_what_was_taken_back_stays_so_whatever_the_feed_shows(newsroom):
    async with showing(rss(item(1))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()
        path = f"/v1/articles/{(await newsroom.article())['id']}/retraction"
        ended = await newsroom.call("POST", path, {"reason": "Sai", "notice": "Đã gỡ"})
        assert ended.status_code == 200
        site.shows(rss(item(1, "<p>Nội dung mới.</p>")))
        await newsroom.poll_again()

    assert (await newsroom.article())["status"] == "retracted"
    assert len(await newsroom.items(noted=True)) == 1


async def test_what_the_unit_handed_in_under_the_same_id_is_not_doubled(newsroom):
    async with showing(rss(item(1))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()
        given = {"headline": "Khác", "body": "<p>x</p>", "external_id": "tin-2"}
        submitted = await newsroom.call("POST", "/v1/articles?unit=HQ", given)
        assert submitted.status_code == 201
        site.shows(rss(item(1), item(2)))
        await newsroom.poll_again()

    assert {a["headline"] for a in await newsroom.articles()} == {"Tin số 1", "Khác"}
    assert [i["external_id"] for i in await newsroom.items(noted=True)] == ["tin-2"]


async def test_a_new_feed_is_not_taken_from_its_beginnings(newsroom):
    def dated(number: int, days: float) -> str:
        at = now() - timedelta(days=days)
        return item(number, pubDate=at.strftime("%a, %d %b %Y %H:%M:%S +0000"))

    async with showing(rss(dated(1, 1), dated(2, 8), item(3))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()
        assert {a["external_id"] for a in await newsroom.articles()} == {"tin-1", "tin-3"}
        assert [i["external_id"] for i in await newsroom.items(noted=True)] == ["tin-2"]

        # A week without a poll loses nothing: the limit does not move on.
        site.shows(rss(dated(4, 6.9), dated(2, 8)))
        await newsroom.poll_again()
    assert "tin-4" in {a["external_id"] for a in await newsroom.articles()}


async def test_a_broken_item_is_noted_and_its_neighbours_are_taken(newsroom):
    async with showing(rss(item(1), item(2, ""), item(3, guid="", link=""))) as site:
        await newsroom.pulls(site)
        poll = await newsroom.polled()

    assert [a["external_id"] for a in await newsroom.articles()] == ["tin-1"]
    assert [(n["item"], n["reason"]) for n in poll["notes"]] == [
        ("Tin số 3", "it has neither an id nor a link")
    ]
    assert [(i["external_id"], i["note"]) for i in await newsroom.items(noted=True)] == [
        ("tin-2", "it has no text")
    ]


async def test_a_broken_item_is_taken_once_it_is_mended(newsroom):
    async with showing(rss(item(1, ""))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()
        site.shows(rss(item(1)))
        await newsroom.poll_again()

    assert len(await newsroom.articles()) == 1
    assert await newsroom.items(noted=True) == []


HOSTILE = rss(item(1)).replace(
    b"<rss", b'<!DOCTYPE r [<!ENTITY j SYSTEM "file:///etc/passwd">]><rss'
)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (ok(b"<html><p>x</html>"), "neither RSS nor Atom"),
        (ok(b"<rss>" + b"<a/>" * 600_000), "tags"),
        (ok(b" " * 6_000_000), "larger"),
        (reply("500 Oops"), "500"),
        (reply("302 Found", b"", "Location: http://[::1]/"), "not public"),
        (b"nonsense\r\n\r\n", ""),
    ],
    ids=["html", "tags", "large", "500", "redirect", "no http"],
)
async def test_a_feed_that_cannot_be_used_is_told_and_polled_later(newsroom, answer, said):
    async with showing(b"") as site:
        site.instead = answer
        await newsroom.pulls(site)
        poll = await newsroom.until("HQ", lambda poll: poll.get("last_error"))

        assert said in poll["last_error"]
        assert (poll["failures"], poll["last_ok"]) == (1, None)
        site.instead = None
        site.shows(HOSTILE)
        poll = await newsroom.poll_again()

    assert (poll["failures"], len(await newsroom.articles())) == (0, 1)


async def test_loopback_is_not_polled_unless_it_is_allowed(tmp_path):
    async with showing(rss(item(1))) as site, ingesting(tmp_path, allowed_targets="") as newsroom:
        await newsroom.pulls(site)
        poll = await newsroom.until("HQ", lambda poll: poll.get("last_error"))

    assert "not public" in poll["last_error"]
    assert site.statuses == []


async def test_a_feed_that_is_gone_is_left_alone_until_it_has_another_address(newsroom):
    async with showing(b"") as old, showing(rss(item(1))) as new:
        old.instead = reply("410 Gone")
        await newsroom.pulls(old)
        poll = await newsroom.until("HQ", lambda poll: poll.get("last_error"))
        assert poll["next_at"] is None

        moved = {"code": "HQ", "name": "HQ", "feed_url": new.url}
        await newsroom.call("PUT", "/v1/admin/units/HQ", moved)
        poll = await newsroom.polled()

    assert (poll["feed_url"], poll["failures"]) == (new.url, 0)
    assert len(await newsroom.articles()) == 1


async def test_a_site_is_given_the_time_that_it_asks_for(newsroom):
    async with showing(b"") as site:
        site.instead = reply("503 Busy", b"", "Retry-After: 7200")
        await newsroom.pulls(site)
        poll = await newsroom.until("HQ", lambda poll: poll.get("last_error"))

    assert poll["next_at"] > (now() + timedelta(seconds=7000)).isoformat()


async def test_a_tag_that_no_header_can_carry_is_not_sent_back(newsroom):
    async with showing(rss(item(1))) as site:
        site.instead = ok(site.feed, 'ETag: "é"', "Last-Modified: " + "x" * 5000)
        await newsroom.pulls(site)
        await newsroom.polled()
        poll = await newsroom.poll_again()

    assert poll["failures"] == 0
    assert site.site.header("If-None-Match") is None
    assert site.site.header("If-Modified-Since") is None


async def test_a_site_that_hangs_holds_up_no_other(newsroom):
    async def hang(head, writer):
        await asyncio.sleep(60)

    async with serving(hang) as hanging, showing(rss(item(1))) as site:
        for number in range(5):
            await newsroom.pulls(FeedSite(b"", site=hanging), f"HANG{number}")
        began = time.monotonic()
        await newsroom.pulls(site)
        await newsroom.polled()

    assert time.monotonic() - began < 10
    assert len(await newsroom.articles()) == 1


async def test_a_feed_of_a_thousand_items_is_taken_whole_and_once(newsroom):
    async with showing(rss(*(item(number) for number in range(1000)))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()
        site.etag = '"other"'
        await newsroom.poll_again()

    items = await newsroom.items()
    assert len({i["article"] for i in items}) == 1000
    assert {i["version"] for i in items} == {1}


async def test_both_kinds_of_database_tell_new_changed_and_unchanged_items(tmp_path, database_url):
    async with (
        showing(rss(item(1), item(2), item(3, ""))) as site,
        ingesting(tmp_path, database_url=database_url) as newsroom,
    ):
        await newsroom.pulls(site)
        await newsroom.polled()
        site.shows(rss(item(1), item(2, "<p>Mới</p>"), item(3)))
        await newsroom.poll_again()

        versions = {i["external_id"]: i["version"] for i in await newsroom.items()}
        assert versions == {"tin-1": 1, "tin-2": 2, "tin-3": 1}
        listed = (await newsroom.call("GET", "/v1/admin/polls")).json()
        assert [poll["unit"] for poll in listed["items"]] == ["HQ"]


async def test_polls_go_on_by_themselves(tmp_path):
    async with showing(rss(item(1))) as site, ingesting(tmp_path, poll_interval=1) as newsroom:
        await newsroom.pulls(site)
        await newsroom.polled()
        site.shows(rss(item(1, "<p>Mới</p>")))
        async with asyncio.timeout(DEADLINE):
            while (await newsroom.article())["version"] == 1:
                await asyncio.sleep(0.02)


async def test_a_process_that_starts_again_goes_on_where_the_last_one_was(tmp_path):
    async with showing(rss(item(2), item(1))) as site:
        async with ingesting(tmp_path) as newsroom:
            await newsroom.pulls(site)
            await newsroom.polled()
        async with ingesting(tmp_path) as newsroom:
            site.shows(rss(item(3), item(2), item(1)))
            await newsroom.poll_again()
            headlines = [a["headline"] for a in await newsroom.articles()]

    assert headlines == ["Tin số 3", "Tin số 2", "Tin số 1"]


async def test_a_process_that_ends_amid_a_poll_leaves_nothing_twice(tmp_path):
    async with showing(rss(*(item(number) for number in range(1000)))) as site:
        async with ingesting(tmp_path) as newsroom:
            await newsroom.pulls(site)
            async with asyncio.timeout(DEADLINE):
                while not await newsroom.articles():
                    await asyncio.sleep(0.01)
        async with ingesting(tmp_path) as newsroom:
            assert (await newsroom.poll())["last_ok"] is None
            assert len(await newsroom.items()) < 1000
            await newsroom.poll_again()
            items = await newsroom.items()

    assert len({i["article"] for i in items}) == 1000
    assert {i["version"] for i in items} == {1}


async def test_of_two_processes_one_makes_each_poll(tmp_path, postgresql_url):
    codes = [f"HQ{number}" for number in range(10)]
    async with (
        showing(rss(item(1))) as site,
        ingesting(tmp_path, database_url=postgresql_url) as newsroom,
        ingesting(tmp_path, database_url=postgresql_url, port=1) as other,
    ):
        for code in codes:
            await newsroom.pulls(site, code)
        for code in codes:
            await other.polled(code)

        assert len(site.statuses) == len(codes)
        assert len(await newsroom.articles()) == len(codes)


async def test_a_unit_without_a_feed_has_no_poll(newsroom):
    await newsroom.call("POST", "/v1/admin/units", {"code": "HQ", "name": "HQ"})

    assert (await newsroom.call("POST", "/v1/admin/polls/HQ")).status_code == 409
    assert (await newsroom.call("POST", "/v1/admin/polls/NO")).status_code == 404
    for path in ("/v1/admin/polls/HQ", "/v1/admin/polls/HQ/items"):
        assert (await newsroom.call("GET", path)).status_code == 404
    assert (await newsroom.call("GET", "/v1/admin/polls")).json() == {"items": [], "next": None}


async def test_an_address_that_no_database_could_look_up_is_refused(tmp_path, postgresql_url):
    async with ingesting(tmp_path, database_url=postgresql_url) as newsroom:
        for path, status in {
            "/v1/admin/polls/a%00": 404,
            "/v1/admin/polls/a%00/items": 404,
            "/v1/admin/polls?cursor=%00": 404,
            "/v1/admin/polls/HQ/items?cursor=%00": 404,
            "/v1/admin/polls/HQ/items?limit=0": 422,
        }.items():
            assert (await newsroom.call("GET", path)).status_code == status
        assert (await newsroom.call("POST", "/v1/admin/polls/a%00")).status_code == 404


async def test_lists_go_on_from_page_to_page(newsroom):
    async with showing(rss(*(item(number) for number in range(5)))) as site:
        for code in ("A", "B", "C"):
            await newsroom.pulls(site, code)
        for code in ("A", "B", "C"):
            await newsroom.polled(code)

    async def pages(path: str, name: str) -> list[str]:
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = (await newsroom.call("GET", f"{path}?limit=2&cursor={cursor}")).json()
            assert len(page["items"]) <= 2
            found += [entry[name] for entry in page["items"]]
            cursor = page["next"]
        return found

    assert await pages("/v1/admin/polls", "unit") == ["A", "B", "C"]
    items = await pages("/v1/admin/polls/B/items", "external_id")
    assert items == [f"tin-{number}" for number in range(5)]


async def test_a_unit_that_is_no_longer_active_is_polled_no_more(newsroom):
    async with showing(rss(item(1))) as site:
        await newsroom.pulls(site)
        await newsroom.polled()
        ended = {"code": "HQ", "name": "HQ", "feed_url": site.url, "active": False}
        await newsroom.call("PUT", "/v1/admin/units/HQ", ended)
        await newsroom.until("HQ", lambda poll: not poll)


async def test_polls_are_the_newsroom_s_to_see(newsroom):
    async with showing(rss(item(1))) as site:
        await newsroom.pulls(site)
    made = await newsroom.call("POST", "/v1/admin/units/HQ/keys")
    newsroom.key = made.json()["key"]

    for method, path in (("GET", ""), ("GET", "/HQ"), ("GET", "/HQ/items"), ("POST", "/HQ")):
        answer = await newsroom.call(method, f"/v1/admin/polls{path}")
        assert answer.status_code == 403
