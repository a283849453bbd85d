import gzip
from datetime import UTC, datetime
from email.utils import format_datetime

import brotli
import httpx2
import pytest
from backports import zstd
from starlette.responses import PlainTextResponse

from services.common.codings import quick, slow
from services.syndicate.feeds.binding import Document, bind
from services.syndicate.feeds.site import Site
from services.syndicate.serving import shelf as shelf_module
from services.syndicate.serving.public import PublicFeeds
from services.syndicate.serving.shelf import Shelf

URL = "/feeds/latest.rss"
PLAIN = {"Accept-Encoding": ""}
NOON = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def document(site: Site) -> Document:
    return bind("latest", "Tin mới", [], site)[0]


@pytest.fixture
def shelf(site: Site, document: Document) -> Shelf:
    shelf = Shelf(site)
    shelf.put([document])
    return shelf


@pytest.fixture
def client(shelf: Shelf) -> httpx2.AsyncClient:
    app = PublicFeeds(shelf, behind=PlainTextResponse("behind"))
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://feeds", headers=PLAIN
    )


@pytest.fixture
def encoded(shelf: Shelf, document: Document) -> None:
    shelf.add(document, {**quick(document.body), **slow(document.body)})


async def test_a_feed_comes_with_everything_a_reader_needs(client, document):
    answer = await client.get(URL)
    assert answer.status_code == 200
    assert answer.content == document.body
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert answer.headers["etag"] == document.etag
    assert answer.headers["link"] == (
        '<https://feeds.example/feeds/latest.rss>; rel="self", '
        '<https://feeds.example/hub>; rel="hub"'
    )
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "ETag, Last-Modified, Link"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "stale-while-revalidate" in answer.headers["cache-control"]
    assert "last-modified" not in answer.headers
    assert "x-request-id" not in answer.headers


async def test_what_is_no_feed_has_no_hub(client, shelf):
    shelf.put([Document("/robots.txt", "text/plain", '"r"', b"User-agent: *")])
    answer = await client.get("/robots.txt")
    assert answer.headers["link"] == '<https://feeds.example/robots.txt>; rel="self"'


@pytest.mark.parametrize(
    ("coding", "tag", "decoded"),
    [
        ("gzip", "gz", gzip.decompress),
        ("br", "br", brotli.decompress),
        ("zstd", "zst", zstd.decompress),
    ],
)
@pytest.mark.usefixtures("encoded")
async def test_a_feed_comes_compressed_to_who_takes_it_so(client, document, coding, tag, decoded):
    async with client.stream("GET", URL, headers={"Accept-Encoding": coding}) as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == coding
    assert answer.headers["content-length"] == str(len(raw))
    assert answer.headers["etag"] == f'{document.etag[:-1]}-{tag}"'
    assert answer.headers["vary"] == "Accept-Encoding"
    assert decoded(raw) == document.body


async def test_until_it_is_compressed_the_text_itself_is_served(client, document):
    answer = await client.get(URL, headers={"Accept-Encoding": "gzip, br;q=0.5, identity;q=0"})
    assert answer.status_code == 200
    assert answer.content == document.body
    assert "content-encoding" not in answer.headers


@pytest.mark.usefixtures("encoded")
async def test_new_text_is_never_served_with_what_was_compressed_before(client, shelf, document):
    new = Document(document.path, document.media_type, '"new"', b"new")
    shelf.put([new])
    shelf.add(document, quick(document.body))  # finished too late

    answer = await client.get(URL, headers={"Accept-Encoding": "gzip, br, zstd"})

    assert answer.content == b"new"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("suffix", ["", "-gz", "-br", "-zst"])
@pytest.mark.parametrize("accepted", ["", "gzip", "br"])
async def test_a_reader_that_has_the_feed_in_any_coding_gets_304_with_the_tag_it_has(
    client, shelf, document, suffix, accepted
):
    tag = f'{document.etag[:-1]}{suffix}"'
    headers = {"If-None-Match": tag, "Accept-Encoding": accepted}

    for _ in range(2):
        answer = await client.get(URL, headers=headers)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "cache-control" in answer.headers
        assert "link" in answer.headers
        assert "content-type" not in answer.headers
        assert "content-encoding" not in answer.headers
        shelf.add(document, quick(document.body))


@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [
        ('"a"', 304),
        ('W/"a"', 304),
        ('W/"a-gz"', 304),
        ('"b", W/"a"', 304),
        ('"b","a-br"', 304),
        ("*", 304),
        (" * ", 304),
        ('"b"', 200),
        ("a", 200),
        ('"b", *', 200),
        ('"a-xz"', 200),
        ("", 200),
    ],
)
async def test_if_none_match_is_compared_weakly(client, shelf, if_none_match, status):
    shelf.put([Document(URL, "text/plain", '"a"', b"text")])
    answer = await client.get(URL, headers={"If-None-Match": if_none_match})
    assert answer.status_code == status


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = NOON.timestamp()

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(shelf_module, "now", clock)
    return clock


@pytest.fixture
def timed(clock: Clock, site: Site) -> tuple[Shelf, httpx2.AsyncClient]:
    shelf = Shelf(site)
    clock.at -= 3600
    shelf.put([Document(URL, "text/plain", '"zero"', b"zero")])
    clock.at += 3600
    shelf.put([Document(URL, "text/plain", '"one"', b"one")])
    app = PublicFeeds(shelf, behind=PlainTextResponse("behind"))
    return shelf, httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://feeds")


async def test_headers_that_come_in_several_lines_are_one_list(client, document, encoded):
    names = [("If-None-Match", document.etag), ("If-None-Match", '"another"')]
    assert (await client.get(URL, headers=names)).status_code == 304
    codings = [("Accept-Encoding", "br"), ("Accept-Encoding", "compress")]
    assert (await client.get(URL, headers=codings)).headers["content-encoding"] == "br"


async def test_a_change_alone_in_its_second_gets_its_time_when_that_is_past(clock, timed):
    shelf, client = timed
    shelf.say_moments(10)
    assert "last-modified" not in (await client.get(URL)).headers

    clock.at += 1
    shelf.say_moments(10)

    said = (await client.get(URL)).headers["last-modified"]
    assert said == format_datetime(NOON, usegmt=True)
    again = await client.get(URL, headers={"If-Modified-Since": said})
    assert (again.status_code, again.headers["etag"]) == (304, '"one"')
    for other in ({"If-None-Match": '"old"'}, {"If-None-Match": ""}):
        both = await client.get(URL, headers={"If-Modified-Since": said} | other)
        assert both.status_code == 200


async def test_two_changes_within_a_second_have_no_time_that_a_reader_could_take_for_old(
    clock, timed
):
    shelf, client = timed
    clock.at += 0.5
    shelf.put([Document(URL, "text/plain", '"two"', b"two")])
    clock.at += 60
    shelf.say_moments(10)
    answer = await client.get(URL, headers={"If-Modified-Since": "Wed, 01 Jul 2026 12:00:00 GMT"})
    assert (answer.status_code, answer.content) == (200, b"two")
    assert "last-modified" not in answer.headers


async def test_a_time_that_we_did_not_give_is_not_looked_at(clock, timed):
    shelf, client = timed
    clock.at += 1
    shelf.say_moments(10)
    for since in ("Wed, 01 Jul 2099 12:00:00 GMT", "yesterday", ""):
        assert (await client.get(URL, headers={"If-Modified-Since": since})).status_code == 200


async def test_after_a_restart_the_same_bytes_have_the_same_time_and_others_none(clock, timed):
    before, client = timed
    saved = {URL: ('"one"', before.moments[URL])}
    for etag, expected in (('"one"', format_datetime(NOON, usegmt=True)), ('"two"', None)):
        after = Shelf(before._site)
        after.remember(saved)
        clock.at += 100
        after.put([Document(URL, "text/plain", etag, b"x")])
        clock.at += 1
        after.say_moments(10)
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(PublicFeeds(after, behind=PlainTextResponse(""))),
            base_url="http://feeds",
        )
        assert (await client.get(URL)).headers.get("last-modified") == expected


async def test_the_same_bytes_again_are_no_change(shelf, document):
    told: list[Document] = []
    shelf.tell(told.append)
    answer = shelf.answers[URL]
    shelf.put([Document(**vars(document))])
    assert shelf.answers[URL] is answer
    assert not told


async def test_head_gives_the_headers_of_get(client, document):
    head, get = await client.head(URL), await client.get(URL)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers == get.headers
    conditional = await client.head(URL, headers={"If-None-Match": document.etag})
    assert conditional.status_code == 304


async def test_rss2email_asks_for_226_and_gets_200(client):
    answer = await client.get(URL, headers={"A-IM": "feed", "If-None-Match": '"old"'})
    assert answer.status_code == 200


async def test_a_page_of_another_site_may_ask_for_a_feed(client):
    asks = {
        "Origin": "https://other.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    answer = await client.options(URL, headers=asks)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("language", "detail"),
    [("en", "A feed can only be read."), ("vi-VN", "Nguồn tin (feed) chỉ để đọc.")],
)
async def test_a_feed_can_only_be_read_in_the_language_of_who_tries(client, language, detail):
    headers = {"Accept-Language": language, "X-Request-ID": "abc"}
    answer = await client.post(URL, headers=headers)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == "abc"
    assert answer.json()["detail"] == detail


async def test_what_is_not_on_the_shelf_is_left_to_the_application(client):
    assert (await client.get("/feeds/units/unknown.rss")).text == "behind"
