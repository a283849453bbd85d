from pathlib import Path

import feedparser
import httpx2
import pytest

from tests.stack.processes import until
from tests.syndicate.service import Service, syndicate

pytestmark = pytest.mark.xdist_group("syndicate")


def test_it_is_ready_without_kafka_and_says_so(service: Service) -> None:
    answer = service.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "kafka": "down", "lag": {}, "feeds_waiting": 0}


def test_a_known_feed_without_entries_is_there(service: Service) -> None:
    answer = service.get("/feeds/latest.atom")
    assert answer.status_code == 200
    assert feedparser.parse(answer.content).feed.title == "Tin mới"


@pytest.mark.parametrize("path", ["/feeds/units/unknown.rss", "/feeds/latest.pdf", "/feeds"])
def test_an_unknown_feed_is_a_problem(service: Service, path: str) -> None:
    answer = service.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_first_page_leads_feed_readers_to_the_feeds(service: Service) -> None:
    page = service.get("/")
    assert 'type="application/rss+xml" title="Tin mới"' in page.text
    assert "/feeds/corrections.json" in page.text
    assert page.headers["content-security-policy"] == "frame-ancestors 'none'"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html"),
        ("/feeds.opml", "text/x-opml"),
        ("/sitemap-news.xml", "application/xml"),
        ("/robots.txt", "text/plain"),
    ],
)
def test_every_list_is_served_like_a_feed(service: Service, path: str, media_type: str) -> None:
    answer = service.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    again = httpx2.get(service.url + path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_case_of_a_language_means_nothing(service: Service) -> None:
    answer = service.get("/feeds/languages/VI.atom")
    assert answer.status_code == 301
    assert answer.headers["location"].endswith("/feeds/languages/vi.atom")
    for unknown in ("XX.atom", "vi.pdf", "VI.pdf"):
        assert service.get(f"/feeds/languages/{unknown}").status_code == 404


def test_public_reads_are_counted(service: Service) -> None:
    service.get("/feeds/latest.rss")
    assert 'tinbai_public_reads_total{kind="feed",status="200"}' in service.get("/metrics").text


def test_a_feed_comes_compressed_soon_after_the_start_and_lies_in_a_file(
    service: Service, data: Path
) -> None:
    def zipped() -> httpx2.Response:
        return httpx2.get(f"{service.url}/feeds/latest.rss", headers={"Accept-Encoding": "gzip"})

    until(lambda: "content-encoding" in zipped().headers)
    assert zipped().content == service.get("/feeds/latest.rss").content
    file = data / "syndicate" / "public" / "feeds" / "latest.rss"
    until(file.exists)
    assert file.read_bytes() == zipped().content


@pytest.mark.parametrize("path", ["/feeds/latest.rss", "/feeds/latest.rss?from=elsewhere"])
def test_a_feed_is_the_same_however_it_is_asked_for(service: Service, path: str) -> None:
    answer = service.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    same = {"If-None-Match": answer.headers["etag"]}
    again = httpx2.get(service.url + path, headers=same)
    assert (again.status_code, again.content) == (304, b"")
    assert {"date", "vary", "cache-control", "link"} <= set(again.headers)
    assert "x-request-id" not in answer.headers


def test_it_stops_in_order_when_told_and_serves_the_same_bytes_after(tmp_path: Path) -> None:
    with syndicate(tmp_path) as first:
        before = first.get("/feeds/latest.rss")
        assert first.stop() in (0, -15)
    with syndicate(tmp_path) as second:
        assert second.get("/feeds/latest.rss").content == before.content
