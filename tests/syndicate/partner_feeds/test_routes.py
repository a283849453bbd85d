"""What a partner pulls over HTTP: its feed, and single items."""

import gzip
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import feedparser
import httpx2
import pytest
from fastapi import FastAPI
from lxml import etree
from sqlalchemy import Connection, insert, update

from schemas.article import Article, PubStatus
from schemas.events import ColumnChanged
from schemas.partner import Product
from schemas.registry import Column
from services.common import problems
from services.common.auth import AdminKey, digest
from services.common.database import Database
from services.common.ids import new_id
from services.common.instants import now
from services.syndicate import store
from services.syndicate.feeds import partner_format
from services.syndicate.feeds.newsml.mapping import news_item_of
from services.syndicate.feeds.ninjs.mapping import ninjs_of
from services.syndicate.lists import store as list_store
from services.syndicate.partner_feeds import routes
from services.syndicate.partner_feeds.making import PartnerFeeds
from services.syndicate.partner_tables import PARTNER, PARTNER_KEY
from services.syndicate.rendering.window import Periods
from services.syndicate.tables import TABLES
from tests.factories import TRACE, article, erasure, retraction
from tests.syndicate.partners_at_work import SITE, Desk, add_partner, office_of

SIZE = 4
KEY, ADMIN_KEY = "a-partner's-key", "the-admin's-key"
BASE = "/partners/bao-a"
EXTENSIONS = ["rss", "atom", "json", "ninjs", "newsml"]
HOUR_AGO = now() - timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def at(minutes: float, **fields: Any) -> Article:
    when = HOUR_AGO + MINUTE * minutes
    return article(published=when, updated=when, **fields)


class Puller:
    """A partner that gets everything, and a syndicate to which articles are given."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        (folder / "admin.key").write_text(ADMIN_KEY)
        self.fed: list[str] = []
        periods = Periods(notices=timedelta(days=30))
        self.feeds = PartnerFeeds(database, SITE, SIZE, periods, "Tin", self.fed.append)
        app = FastAPI()
        problems.install(app)
        app.include_router(routes.router)
        app.state.office = office_of(database, AdminKey(folder / "admin.key"))
        app.state.partner_feeds = self.feeds
        transport = httpx2.ASGITransport(app)
        self.client = httpx2.AsyncClient(transport=transport, base_url=SITE.syndicate_url)

    async def take(self, *versions: Article) -> None:
        await self.database.write(lambda connection: Desk(connection).release(*versions))

    async def get(self, path: str, key: str = KEY, **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("accept-encoding", "identity")
        return await self.client.get(
            f"{BASE}/{path}", headers={"authorization": f"Bearer {key}"} | named
        )

    async def ids(self, extension: str = "ninjs") -> list[UUID]:
        """Read the feed; who is in it, in order."""
        body = (await self.get(f"feed.{extension}")).content
        return [UUID(each.removeprefix("urn:uuid:")) for each in found(extension, body)]


def found(extension: str, body: bytes) -> Sequence[str]:
    """Give the ids in a feed."""
    match extension:
        case "ninjs":
            return [item["uri"] for item in json.loads(body)["items"]]
        case "json":
            return [item["id"] for item in json.loads(body)["items"]]
        case "newsml":
            items = etree.fromstring(body).iter("{http://iptc.org/std/nar/2006-10-01/}newsItem")
            return [item.get("guid", "") for item in items]
    return [entry.id for entry in feedparser.parse(body).entries]


def prepare(connection: Connection) -> None:
    list_store.begin(connection)
    add_partner(connection, "bao-a", Product())
    add_partner(connection, "bao-b", Product(units=["HQLS"]))
    for code, key in (("bao-a", KEY), ("bao-b", "another's-key")):
        row = {"id": new_id(), "partner": code, "digest": digest(key), "created": now()}
        connection.execute(insert(PARTNER_KEY), row)


async def opened(url: str, folder: Path) -> AsyncIterator[Puller]:
    database = Database(url, TABLES.create_all)
    await database.write(prepare)
    puller = Puller(database, folder)
    yield puller
    await puller.client.aclose()
    await database.close()


@pytest.fixture
async def puller(tmp_path) -> AsyncIterator[Puller]:
    async for each in opened(f"sqlite:///{tmp_path}/syndicate.db", tmp_path):
        yield each


@pytest.fixture
async def either(database_url, tmp_path) -> AsyncIterator[Puller]:
    """Likewise, on both kinds of database."""
    async for each in opened(database_url, tmp_path):
        yield each


async def test_the_newest_come_first_and_a_correction_keeps_its_place(either: Puller) -> None:
    past = [at(n, headline=f"Tin {n}") for n in range(SIZE + 2)]
    await either.take(*past)
    first = past[2].model_copy(update={"version": 2, "updated": now(), "correction_note": "Sửa"})
    await either.take(first)
    for extension in EXTENSIONS:
        assert await either.ids(extension) == [each.id for each in reversed(past[2:])]
    items = json.loads((await either.get("feed.ninjs")).content)["items"]
    assert [item["version"] for item in items] == ["1", "1", "1", "2"]


async def test_notices_stand_at_the_top_as_long_as_in_public_feeds(puller: Puller) -> None:
    past = [at(n) for n in range(SIZE)]
    old = at(-60 * 24 * 40)
    gone = retraction(past[0].id, updated=now(), published=past[0].published)
    forgotten = retraction(old.id, updated=now() - timedelta(days=31), published=old.published)
    await puller.take(*past, old, gone, forgotten)
    for extension in EXTENSIONS:
        assert await puller.ids(extension) == [gone.id, past[3].id, past[2].id, past[1].id]
    text = (await puller.get("feed.ninjs")).text
    assert past[0].headline in text  # of the others, which are called the same
    assert "nội bộ" in text


async def test_what_was_never_got_or_is_over_is_not_there(puller: Puller) -> None:
    out, stays = at(1), at(2)
    over = out.model_copy(update={"version": 2, "pub_status": PubStatus.WITHHELD, "updated": now()})
    unseen = retraction(new_id(), updated=now())
    await puller.take(out, stays, over, unseen, at(3, audience="partner:bao-b"))
    assert await puller.ids() == [stays.id]
    for each in (out, unseen):
        assert (await puller.get(f"items/{each.id}.ninjs")).status_code == 404


@pytest.mark.parametrize("extension", EXTENSIONS)
async def test_an_item_is_there_as_it_stands_now(puller: Puller, extension: str) -> None:
    one = at(1, headline="Bí mật cũ", ed_note="Cho tòa soạn")
    await puller.take(one)
    answer = await puller.get(f"items/{one.id}.{extension}")
    assert "Bí mật cũ" in answer.text
    assert "Cho tòa soạn" in answer.text
    await puller.take(retraction(one.id, updated=now(), published=one.published))
    again = await puller.get(f"items/{one.id}.{extension}")
    assert "Bí mật cũ" not in again.text
    assert "nội bộ: số liệu sai" in again.text
    assert again.headers["etag"] != answer.headers["etag"]


async def test_an_item_reads_in_ninjs_as_in_the_feed(puller: Puller) -> None:
    one = at(1, column="kt", keywords=["cảng"])
    await puller.take(one)
    [in_feed] = (await puller.get("feed.ninjs")).json()["items"]
    assert (await puller.get(f"items/{one.id}.ninjs")).json() == in_feed


async def test_of_an_erased_article_there_is_only_that_it_was(puller: Puller) -> None:
    one = at(1, headline="Bí mật cũ")
    await puller.take(one)
    assert "Bí mật cũ" in (await puller.get("feed.ninjs")).text
    await puller.take(erasure(one.id).model_copy(update={"updated": now()}))
    puller.feeds.forget([one.id])
    for path in ("feed.ninjs", f"items/{one.id}.ninjs"):
        text = (await puller.get(path)).text
        assert "Bí mật cũ" not in text
        assert "court-order" in text


@pytest.mark.parametrize("extension", EXTENSIONS)
async def test_who_has_it_is_told_so_until_something_changes(
    puller: Puller, extension: str
) -> None:
    await puller.take(at(1), at(2))
    path = f"feed.{extension}"
    etag = (await puller.get(path)).headers["etag"]
    same = await puller.get(path, if_none_match=f'"x", {etag}', accept_encoding="gzip")
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    await puller.take(at(3))
    assert (await puller.get(path, if_none_match=etag)).status_code == 200
    other = EXTENSIONS[EXTENSIONS.index(extension) - 1]
    assert (await puller.get(f"feed.{other}")).headers["etag"] != etag


async def test_a_new_name_of_a_column_is_seen_at_once_and_its_topic(puller: Puller) -> None:
    def called(name: str, topic: str | None) -> ColumnChanged:
        column = Column(slug="kt", name=name, media_topic=topic)
        return ColumnChanged(
            id=new_id(),
            type="column.changed",
            time=now(),
            producer="ingest",
            trace=TRACE,
            column=column,
        )

    async def subjects() -> Any:
        answer = await puller.get("feed.ninjs")
        assert (await puller.get("feed.ninjs", if_none_match=answer.headers["etag"])).status_code
        [item] = answer.json()["items"]
        return [each.get("name") or each["literal"] for each in item["subjects"]]

    await puller.take(at(1, column="kt"))
    assert await subjects() == ["kt"]
    for name, topic in (("Kinh tế", None), ("Kinh tế", "medtop:04000000"), ("Khác", None)):
        events = [called(name, topic)]
        etag = (await puller.get("feed.ninjs")).headers["etag"]
        await puller.database.write(partial(store.apply_registry, events=events))
        assert (await puller.get("feed.ninjs", if_none_match=etag)).status_code == 200
        assert await subjects() == [each for each in (name, topic) if each]


async def test_a_format_that_is_not_in_the_contract_is_not_found(puller: Puller) -> None:
    one = at(1)
    await puller.take(one)
    change = update(PARTNER).where(PARTNER.c.code == "bao-a").values(formats='["ninjs"]')
    await puller.database.write(lambda connection: connection.execute(change))
    for path in ("feed", f"items/{one.id}"):
        assert (await puller.get(f"{path}.ninjs")).status_code == 200
        for extension in ("rss", "newsml", "xml", "NINJS"):
            assert (await puller.get(f"{path}.{extension}")).status_code == 404
    for path in ("items/xx.ninjs", f"items/{new_id()}.ninjs"):
        assert (await puller.get(path)).status_code == 404


async def test_nobody_else_reads_it(puller: Puller) -> None:
    assert (await puller.get("feed.rss", key="wrong")).status_code == 401
    assert (await puller.get("feed.rss", key="another's-key")).status_code == 404


async def test_it_is_known_which_partner_was_given_its_feed(puller: Puller) -> None:
    one = at(1)
    await puller.take(one)
    assert (await puller.get("feed.rss", key=ADMIN_KEY)).status_code == 200
    await puller.get("feed.xml")
    await puller.get(f"items/{one.id}.rss")
    assert puller.fed == []
    etag = (await puller.get("feed.rss")).headers["etag"]
    await puller.get("feed.rss", if_none_match=etag)
    assert puller.fed == ["bao-a", "bao-a"]


@pytest.mark.parametrize("extension", EXTENSIONS)
async def test_no_cache_passes_it_on_and_no_document_tells_the_key(
    puller: Puller, extension: str
) -> None:
    one = at(1)
    await puller.take(one)
    for path in ("feed", f"items/{one.id}"):
        answer = await puller.get(f"{path}.{extension}")
        assert answer.headers["cache-control"].startswith("private")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["vary"] == "Accept-Encoding, Authorization"
        assert KEY not in answer.text
        assert "/hub" not in answer.text
        address = f"https://feeds.example{BASE}/{path}.{extension}"
        assert (address in answer.text) == (extension in ("rss", "atom", "json"))


async def test_it_is_compressed_for_who_takes_that(puller: Puller) -> None:
    await puller.take(at(1, body="<p>Dài.</p>" * 1000))
    plain = await puller.get("feed.newsml")
    async with puller.client.stream(
        "GET",
        f"{BASE}/feed.newsml",
        headers={"authorization": f"Bearer {KEY}", "accept-encoding": "gzip"},
    ) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert answer.headers["content-type"] == (
        "application/vnd.iptc.g2.newsmessage+xml; charset=utf-8"
    )


async def test_what_is_cut_once_is_not_cut_again(
    puller: Puller, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def counted(article: Article, *rest: Any) -> Any:
        written.append(article.headline)
        return original(article, *rest)

    original = ninjs_of
    monkeypatch.setattr(partner_format, "ninjs_of", counted)
    await puller.take(at(1, headline="Một"))
    await puller.get("feed.ninjs")
    await puller.take(at(2, headline="Hai"))
    await puller.get("feed.ninjs")
    assert written == ["Một", "Hai"]


async def test_what_cannot_be_written_is_left_out_and_the_others_are_there(
    puller: Puller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(article: Article, *rest: Any) -> Any:
        if article.headline == "Hỏng":
            raise ValueError
        return original(article, *rest)

    original = news_item_of
    monkeypatch.setattr(partner_format, "news_item_of", failing)
    good = at(2)
    await puller.take(at(1, headline="Hỏng"), good)
    assert await puller.ids("newsml") == [good.id]


async def test_an_empty_feed_is_a_feed(puller: Puller) -> None:
    for extension in EXTENSIONS:
        assert (await puller.get(f"feed.{extension}")).status_code == 200
        assert await puller.ids(extension) == []
