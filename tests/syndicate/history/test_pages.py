"""Pages of a feed's history, over HTTP and on a real store."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from lxml import etree
from sqlalchemy import update

from schemas.article import Article, PubStatus
from services.syndicate.change import Tombstone
from services.syndicate.feeds import binding
from services.syndicate.feeds.binding import Fragment
from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.site import Site
from services.syndicate.history import pages as pages_module
from services.syndicate.rendering import fragments
from services.syndicate.tables import ARTICLE, HISTORY
from tests.factories import NOON, article, erasure, event, retraction
from tests.syndicate.history.conftest import SIZE, Paper
from tests.syndicate.history.walking import EXTENSIONS, entries, links, walk
from tests.syndicate.test_store import named

MINUTE = timedelta(minutes=1)
OLD = "Bí mật cũ"


def at(minutes: float, **fields: Any) -> Article:
    when = NOON + MINUTE * minutes
    return article(published=when, updated=when, **fields)


async def a_past(paper: Paper, count: int = 20) -> list[Article]:
    """Publish some articles, a minute apart."""
    past = [at(n, headline=f"{OLD} {n}") for n in range(count)]
    await paper.take(*past)
    return past


async def first_page(paper: Paper, extension: str = "atom") -> str:
    return links(await paper.get(f"/feeds/latest.{extension}"))["prev-archive"]


async def last_page(paper: Paper, extension: str = "atom") -> str:
    return [str(each.url) async for each in walk(paper.client, f"/feeds/latest.{extension}")][-1]


@pytest.mark.parametrize("extension", EXTENSIONS)
async def test_who_walks_back_finds_every_article_the_newest_first(
    paper: Paper, extension: str
) -> None:
    past = await a_past(paper)
    found: list[str] = []
    async for answer in walk(paper.client, f"/feeds/latest.{extension}"):
        found += [each for each in entries(answer) if each not in found]
        assert len(entries(answer)) <= SIZE
    assert found == [each.id.urn for each in reversed(past)]


@pytest.mark.parametrize("extension", EXTENSIONS)
async def test_a_page_says_what_it_is_and_where_it_belongs(paper: Paper, extension: str) -> None:
    await a_past(paper)
    url = await first_page(paper, extension)
    answer = await paper.get(url)
    said = links(answer)
    live = f"https://feeds.example/feeds/latest.{extension}"
    assert said["self"] == url
    assert said["current"] == live
    told = {"self": url, "current": live, "prev-archive": said["prev-archive"]}
    assert answer.headers["link"] == ", ".join(f'<{told[rel]}>; rel="{rel}"' for rel in told)
    feed = await paper.get(live)
    assert answer.headers["content-type"] == feed.headers["content-type"]
    assert "current" not in links(feed) or extension == "json"


async def test_only_pages_are_marked_as_archives(paper: Paper) -> None:
    await a_past(paper)
    mark = "{http://purl.org/syndication/history/1.0}archive"
    for extension, place in (("atom", mark), ("rss", f"channel/{mark}")):
        page = etree.fromstring((await paper.get(await first_page(paper, extension))).content)
        feed = etree.fromstring((await paper.get(f"/feeds/latest.{extension}")).content)
        assert len(page.findall(place)) == 1
        assert feed.findall(place) == []
    assert (await paper.get(await first_page(paper, "json"))).json()["_tinbai"]["archive"]
    assert "_tinbai" not in (await paper.get("/feeds/latest.json")).json()


@pytest.mark.parametrize("extension", EXTENSIONS)
async def test_an_entry_reads_the_same_on_a_page_and_in_the_feed(
    paper: Paper, extension: str
) -> None:
    past = [at(n, lead="Sapo", byline=["An"], column="kt") for n in range(SIZE + 1)]
    await paper.take(*past[:SIZE])

    def said(body: bytes) -> Any:
        found = feedparser.parse(body).entries
        return next(entry for entry in found if entry.id == past[0].id.urn)

    feed = await paper.get(f"/feeds/latest.{extension}")
    await paper.take(past[-1])
    page = await paper.get(await last_page(paper, extension))
    if extension == "json":
        assert page.json()["items"][-1] == feed.json()["items"][-1]
    else:
        assert said(page.content) == said(feed.content)


async def test_a_feed_that_shows_everything_has_no_history(paper: Paper) -> None:
    await a_past(paper, SIZE)
    assert "prev-archive" not in links(await paper.get("/feeds/latest.atom"))


async def test_newer_articles_leave_every_page_as_it_is(paper: Paper) -> None:
    await a_past(paper)
    before = [each async for each in walk(paper.client, "/feeds/latest.rss")][1:]
    await paper.take(*(at(100 + n) for n in range(7)))
    for page in before:
        again = await paper.get(str(page.url))
        assert again.content == page.content
        assert again.headers["etag"] == page.headers["etag"]


async def test_a_correction_and_a_retraction_rewrite_their_page_alone(paper: Paper) -> None:
    past = await a_past(paper)
    before = {str(each.url): each async for each in walk(paper.client, "/feeds/latest.atom")}
    hit = next(url for url, each in before.items() if past[2].id.urn in entries(each))
    corrected = past[2].model_copy(update={"version": 2, "correction_note": "Số đúng là 102."})
    for version, expected in ((corrected, "102"), (retraction(past[2].id, 3), "thu hồi")):
        notice = version.model_copy(update={"published": past[2].published})
        await paper.take(notice)
        for url, old in before.items():
            if "/history/" in url:
                new = await paper.get(url, If_None_Match=old.headers["etag"])
                assert new.status_code == (200 if url == hit else 304)
        page = await paper.get(hit)
        assert expected in page.text
    assert "thân" not in page.text
    assert f"{OLD} 2<" not in page.text
    assert b"deleted-entry" in page.content
    assert entries(page) == entries(before[hit])


async def test_what_was_erased_or_is_over_stands_on_no_page_any_more(paper: Paper) -> None:
    past = await a_past(paper)
    over = past[3].model_copy(update={"version": 2, "pub_status": PubStatus.WITHHELD})
    await paper.take(erasure(past[2].id), over)
    seen = [e async for each in walk(paper.client, "/feeds/latest.rss") for e in entries(each)]
    assert set(seen) == {each.id.urn for each in past} - {past[2].id.urn, past[3].id.urn}


async def test_a_page_whose_articles_are_all_gone_is_empty_and_leads_on(paper: Paper) -> None:
    past = await a_past(paper)
    url = await first_page(paper)
    page = await paper.get(url)
    gone = [each for each in past if each.id.urn in entries(page)]
    await paper.take(*(erasure(each.id) for each in gone))
    empty = await paper.get(url)
    assert empty.status_code == 200
    assert entries(empty) == []
    assert links(empty)["prev-archive"] == links(page)["prev-archive"]


async def test_an_address_that_was_given_stays_one_when_all_that_is_newer_is_over(
    paper: Paper,
) -> None:
    past = await a_past(paper)
    url = await first_page(paper)
    before = await paper.get(url)
    newer = [each for each in past if each.id.urn not in entries(before)][-SIZE:]
    await paper.take(*(erasure(each.id) for each in newer))
    after = await paper.get(url)
    assert after.status_code == 200
    assert entries(after) == entries(before)
    await paper.take(*(erasure(each.id) for each in past))
    assert (await paper.get(url)).status_code == 200


async def test_a_page_that_late_articles_made_too_large_leads_to_its_newest_part(
    paper: Paper,
) -> None:
    await a_past(paper)
    url = await last_page(paper)
    count = len(entries(await paper.get(url)))
    late = [at(n / 100) for n in range(1, SIZE + 2 - count)]
    await paper.take(*late)
    parted = await paper.get(url)
    assert parted.status_code == 307
    assert parted.headers["cache-control"] == "public, max-age=60"
    found = [
        e async for each in walk(paper.client, parted.headers["location"]) for e in entries(each)
    ]
    assert len(found) == count + len(late)


async def test_a_page_that_leads_on_to_another_page_has_another_etag(paper: Paper) -> None:
    await a_past(paper)
    pages = [each async for each in walk(paper.client, "/feeds/latest.atom")]
    url = str(pages[-2].url)
    count = len(entries(pages[-1]))
    await paper.take(*(at(n / 100) for n in range(1, SIZE + 2 - count)))
    new = await paper.get(url, If_None_Match=pages[-2].headers["etag"])
    assert new.status_code == 200
    assert entries(new) == entries(pages[-2])
    assert links(new)["prev-archive"] != str(pages[-1].url)


async def test_without_its_store_it_asks_to_come_again(paper: Paper) -> None:
    await a_past(paper)
    url = await first_page(paper)
    await paper.database.write(HISTORY.drop)
    answer = await paper.get(url)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_a_reader_that_has_a_page_gets_304_and_nothing_is_made_for_it(
    paper: Paper, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_past(paper)
    url = await first_page(paper)
    has = (await paper.get(url)).headers["etag"]
    paper.pages = pages_module.Pages(paper.database, site, SIZE)

    def never(*_: object) -> Fragment:
        raise AssertionError("rendered again")

    monkeypatch.setattr(fragments, "cut", never)
    answer = await paper.get(url, If_None_Match=f'"other", W/{has}')
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == has
    assert "content-type" not in answer.headers


async def test_a_page_is_made_once_for_many_readers(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_past(paper)
    url = await first_page(paper)
    cut: list[Entry] = []
    real = binding.cut
    monkeypatch.setattr(fragments, "cut", lambda e, s: cut.append(e) or real(e, s))  # type: ignore[func-returns-value]
    answers = await asyncio.gather(*(paper.get(url) for _ in range(9)))
    assert len({answer.content for answer in answers}) == 1
    assert len(cut) == len(entries(answers[0]))


async def test_head_gives_the_headers_of_get(paper: Paper) -> None:
    await a_past(paper)
    url = await first_page(paper)
    head, get = await paper.client.head(url), await paper.get(url)
    assert head.content == b""
    assert head.headers == get.headers
    assert head.headers["cache-control"] == "public, max-age=60"
    assert head.headers["access-control-allow-origin"] == "*"
    assert head.headers["x-content-type-options"] == "nosniff"
    assert not {"x-request-id", "last-modified", "set-cookie"} & set(head.headers)


async def test_a_page_comes_as_the_reader_likes_to_unpack_it(paper: Paper) -> None:
    await a_past(paper)
    url = await first_page(paper)
    plain = await paper.get(url, Accept_Encoding="identity")
    for coding in ("gzip", "zstd"):
        packed = await paper.get(url, Accept_Encoding=coding)
        assert packed.headers["content-encoding"] == coding
        assert packed.headers["etag"] != plain.headers["etag"]
        assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
        etag = packed.headers["etag"]
        again = await paper.get(url, Accept_Encoding=coding, If_None_Match=etag)
        assert (again.status_code, again.headers["etag"]) == (304, etag)


async def test_a_script_on_another_site_may_ask_with_an_etag(paper: Paper) -> None:
    await a_past(paper)
    answer = await paper.client.options(await first_page(paper))
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_page_can_only_be_read(paper: Paper) -> None:
    await a_past(paper)
    answer = await paper.client.post(await first_page(paper))
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/history/units/unknown/170-18.atom",
        "/history/latest/170-18.pdf",
        "/history/latest/170-18",
        "/history/latest/170-0018.atom",
        "/history/latest/x.atom",
        "/history/170-18.atom",
        "/history/latest/190-0.atom",  # not over for a hundred thousand years
        "/history/latest/128-fffffffffffff.atom",
    ],
)
async def test_what_is_no_page_is_left_to_the_application(paper: Paper, path: str) -> None:
    await a_past(paper)
    answer = await paper.get(path)
    assert (answer.status_code, answer.text) == (404, "nothing")


async def test_a_known_feed_without_articles_has_empty_pages_where_others_are_closed(
    paper: Paper,
) -> None:
    await a_past(paper)
    node = (await first_page(paper)).rpartition("/")[2]
    answer = await paper.get(f"/history/urgent/{node}")
    assert answer.status_code == 200
    assert entries(answer) == []


async def test_a_renamed_unit_is_called_so_on_pages_too(paper: Paper) -> None:
    await a_past(paper)
    url = await first_page(paper)
    before = await paper.get(url)
    await paper.rename([named("HQHP", "Hải quan khu vực III")])
    after = await paper.get(url, If_None_Match=before.headers["etag"])
    assert "Hải quan khu vực III" in after.text


async def test_a_page_never_shows_what_was_retracted_while_it_was_made(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = await a_past(paper)
    url = await last_page(paper, "json")
    paper.pages.forget({each.id for each in past})
    begun, go_on = threading.Event(), threading.Event()
    real = binding.cut

    def slow(entry: Entry, site: Site) -> Fragment:
        begun.set()
        assert go_on.wait(30)
        return real(entry, site)

    monkeypatch.setattr(fragments, "cut", slow)
    asked = asyncio.create_task(paper.get(url))
    await asyncio.to_thread(begun.wait, 30)
    await paper.apply([event(retraction(past[0].id, published=past[0].published))])
    go_on.set()
    answer = await asked
    assert answer.status_code == 200
    assert past[0].id.urn in entries(answer)
    assert f"{OLD} 0" not in answer.text
    assert held(paper, f"{OLD} 0") == []


@pytest.mark.parametrize("end", [lambda of: event(erasure(of.id)), lambda of: Tombstone(of.id, 1)])
async def test_memory_holds_nothing_of_what_was_taken_back(
    paper: Paper, end: Callable[[Article], Any]
) -> None:
    past = await a_past(paper)
    for extension in EXTENSIONS:
        await paper.get(await last_page(paper, extension))
    assert len(held(paper, f"{OLD} 0")) == len(EXTENSIONS)
    await paper.apply([end(past[0])])
    assert held(paper, f"{OLD} 0") == []
    assert held(paper, OLD)  # the others stay


async def test_an_article_that_cannot_be_read_is_left_out_alone(paper: Paper) -> None:
    past = await a_past(paper)
    broken = update(ARTICLE).where(ARTICLE.c.id == past[0].id).values(json=b"{}")
    await paper.database.write(lambda connection: connection.execute(broken) and None)
    url = await last_page(paper)
    answer = await paper.get(url)
    assert answer.status_code == 200
    assert entries(answer)
    assert past[0].id.urn not in entries(answer)


def held(paper: Paper, text: str) -> list[str]:
    kept = paper.pages._cache._kept.items()
    return [path for path, each in kept if each.document and text.encode() in each.document.body]


async def test_who_comes_when_too_many_wait_is_told_to_come_again(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_past(paper)
    url = await first_page(paper)
    monkeypatch.setattr(pages_module, "_WAITING", 3)
    monkeypatch.setattr(pages_module, "_PATIENCE", 0.2)
    async with paper.pages._in_turn():
        answers = await asyncio.gather(*(paper.get(url) for _ in range(9)))
    assert {answer.status_code for answer in answers} == {503}
    assert answers[0].headers["retry-after"] == "2"
    assert (await paper.get(url)).status_code == 200
