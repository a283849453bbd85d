"""nginx serves the feeds from the folder, with the very configuration that the docs give."""

import gzip
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from tests.stack.processes import free_port_base, until
from tests.syndicate.service import Service

pytestmark = pytest.mark.xdist_group("syndicate")

PAGE = Path(__file__).parents[3] / "docs" / "serving.md"
FEED = "/feeds/latest.rss"
FEEDS = [FEED, "/feeds/urgent.atom", "/feeds/genres/podcast.json"]
PLAIN = {"Accept-Encoding": ""}

AROUND = """
daemon off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {server}
}}
"""


@contextmanager
def nginx(folder: Path, public: Path, upstream: str) -> Iterator[httpx2.Client]:
    """Run nginx with what the page says, for another port, folder and service."""
    (said,) = re.findall(r"^```nginx\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    port = free_port_base()
    for given, ours in {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "/var/lib/tinbai/syndicate/public": str(public),
        "/var/log/nginx": str(folder),
        "server 127.0.0.1:8002;": f"server {upstream};",
    }.items():
        assert given in said
        said = said.replace(given, ours)
    owner = folder.owner(), folder.group()
    (folder / "nginx.conf").write_text(
        AROUND.format(user=" ".join(owner), folder=folder, server=said)
    )
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert program
    with subprocess.Popen([program, "-c", folder / "nginx.conf", "-e", "stderr"]) as process:
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=PLAIN) as client:
                until(lambda: _answers(client, process))
                yield client
        finally:
            process.terminate()


def _answers(client: httpx2.Client, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, "it stopped"
    with suppress(httpx2.TransportError):
        return bool(client.get(FEED).status_code)
    return False


@pytest.fixture(scope="module")
def client(
    service: Service, data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    folder = tmp_path_factory.mktemp("nginx")
    for path in FEEDS:
        until((data / "syndicate" / "public" / f"{path[1:]}.gz").exists)
    upstream = service.url.removeprefix("http://")
    with nginx(folder, data / "syndicate" / "public", upstream) as client:
        yield client


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_feed_comes_from_its_file_as_from_the_service(client, service, path, encoding):
    ours = service.get(path)

    answer = client.get(path, headers={"Accept-Encoding": encoding})

    assert answer.status_code == 200
    assert answer.content == ours.content
    assert answer.headers.get("content-encoding", "") == encoding
    same = ("content-type", "cache-control", "vary", "access-control-allow-origin")
    assert [answer.headers[name] for name in same] == [ours.headers[name] for name in same]
    assert answer.headers["link"] == (
        f'<https://feeds.example.org{path}>; rel="self", <https://feeds.example.org/hub>; rel="hub"'
    )
    assert answer.headers["etag"] != ours.headers["etag"], "it was not the file"
    assert "last-modified" not in answer.headers


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_reader_that_has_the_file_gets_304(client, encoding):
    first = client.get(FEED, headers={"Accept-Encoding": encoding})
    asks = {"Accept-Encoding": encoding, "If-None-Match": first.headers["etag"]}
    again = client.get(FEED, headers=asks)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["vary"] == "Accept-Encoding"
    assert "link" in again.headers


def test_a_time_decides_nothing(client):
    since = {"If-Modified-Since": "Wed, 01 Jan 2099 00:00:00 GMT"}
    assert client.get(FEED, headers=since).status_code == 200


def test_what_is_no_file_comes_from_the_service(client):
    assert client.get("/readyz").json()["ready"] is True
    for path in ("/feeds/units/unknown.rss", f"{FEED}.gz", "/.unfinished/identity"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_first_page_comes_from_where_it_is(client, data):
    page = data / "syndicate" / "public" / "index.html"
    until(page.exists)
    from_file = client.get("/")
    assert from_file.headers["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in from_file.headers["content-security-policy"]
    assert from_file.headers["link"] == '<https://feeds.example.org/>; rel="self"'
    page.rename(page.with_name("elsewhere"))
    from_service = client.get("/")
    page.with_name("elsewhere").rename(page)
    assert from_service.content == from_file.content
    assert from_service.headers["etag"] != from_file.headers["etag"]


def test_what_may_not_be_done_to_a_feed_is_a_problem(client):
    answer = client.post(FEED)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.options(FEED).headers["access-control-allow-headers"] == "*"


def test_the_counters_are_not_for_the_world(client):
    answer = client.get("/metrics")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_service_knows_who_asks_whatever_a_client_says(client):
    """The hub counts requests by address: in another's name they would not be counted."""
    too_many = 602  # 300 a minute are taken, and a new minute may begin in between
    codes = {
        client.post("/hub", headers={"X-Forwarded-For": f"203.0.113.{n % 256}"}).status_code
        for n in range(too_many)
    }
    assert 429 in codes


def test_without_the_service_the_feeds_go_on_and_all_else_says_so(data, service, tmp_path):
    with nginx(tmp_path, data / "syndicate" / "public", "127.0.0.1:1") as client:
        zipped = client.get(FEED, headers={"Accept-Encoding": "gzip"})
        assert zipped.content == service.get(FEED).content
        away = client.get("/partners/VNA/feed.rss?key=secret")
        assert (away.status_code, away.json()["status"]) == (503, 503)
        assert away.headers["content-type"] == "application/problem+json"
        assert away.headers["retry-after"] == "5"
    logs = "".join(file.read_text() for file in tmp_path.glob("*.log"))
    assert "/partners/VNA/feed.rss" in logs
    assert "secret" not in logs


def test_the_files_in_the_folder_are_what_they_say(data, service):
    folder = data / "syndicate" / "public" / "feeds"
    assert gzip.decompress((folder / "latest.rss.gz").read_bytes()) == service.get(FEED).content
