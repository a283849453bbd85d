import httpx2
import pytest
from starlette.responses import PlainTextResponse

from services.syndicate.feeds.binding import Document, bind
from services.syndicate.feeds.site import Site
from services.syndicate.public import PublicFeeds, matches
from services.syndicate.shelf import Shelf

URL = "/feeds/latest.rss"


@pytest.fixture
def document(site: Site) -> Document:
    return bind("latest", "Tin mới", [], site)[0]


@pytest.fixture
def client(site: Site, document: Document) -> httpx2.AsyncClient:
    shelf = Shelf(site)
    shelf.put([document])
    app = PublicFeeds(shelf, behind=PlainTextResponse("behind"))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://feeds")


async def test_a_feed_comes_with_everything_a_reader_needs(
    client: httpx2.AsyncClient, document: Document
) -> None:
    answer = await client.get(URL)
    assert answer.status_code == 200
    assert answer.content == document.body
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert answer.headers["etag"] == document.etag
    assert answer.links["hub"]["url"] == "https://feeds.example/hub"
    assert answer.links["self"]["url"] == "https://feeds.example/feeds/latest.rss"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "stale-while-revalidate" in answer.headers["cache-control"]
    assert "last-modified" not in answer.headers
    assert "x-request-id" not in answer.headers


async def test_a_reader_that_has_the_feed_gets_304_without_a_body(
    client: httpx2.AsyncClient, document: Document
) -> None:
    answer = await client.get(URL, headers={"If-None-Match": document.etag})
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == document.etag
    assert "cache-control" in answer.headers
    assert "content-type" not in answer.headers


async def test_head_gives_the_headers_of_get(
    client: httpx2.AsyncClient, document: Document
) -> None:
    head, get = await client.head(URL), await client.get(URL)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers == get.headers
    conditional = await client.head(URL, headers={"If-None-Match": document.etag})
    assert conditional.status_code == 304


async def test_rss2email_asks_for_226_and_gets_200(client: httpx2.AsyncClient) -> None:
    answer = await client.get(URL, headers={"A-IM": "feed", "If-None-Match": '"old"'})
    assert answer.status_code == 200


async def test_a_feed_can_only_be_read(client: httpx2.AsyncClient) -> None:
    answer = await client.post(URL)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_is_not_on_the_shelf_is_left_to_the_application(
    client: httpx2.AsyncClient,
) -> None:
    assert (await client.get("/feeds/units/unknown.rss")).text == "behind"


@pytest.mark.parametrize(
    ("if_none_match", "same"),
    [
        (b'"a"', True),
        (b'W/"a"', True),
        (b'"b", W/"a"', True),
        (b'"b","a"', True),
        (b"*", True),
        (b" * ", True),
        (b'"b"', False),
        (b"a", False),
        (b'"b", *', False),
        (b"", False),
    ],
)
def test_if_none_match_is_compared_weakly(if_none_match: bytes, *, same: bool) -> None:
    assert matches(if_none_match, b'"a"') is same
