import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import etree

from services.common.metrics import FEED_RENDER_ERRORS
from services.syndicate.feeds.families import TITLES
from services.syndicate.feeds.site import Site
from services.syndicate.lists.catalogue import Family, Named, families
from services.syndicate.lists.index import index
from services.syndicate.lists.opml import opml
from services.syndicate.lists.robots import robots

TIMEOUT = 60  # seconds
NEWLY = [
    ("units/HQHP", 'Hải quan <Hải> & "Phòng"'),
    ("units/HQAG", None),
    ("columns/kt", "Kinh tế"),
]
KNOWN = families([*((name, None) for name in sorted(TITLES)), *NEWLY])


@pytest.fixture
def subscriptions(site: Site, tmp_path: Path) -> Path:
    file = tmp_path / "feeds.opml"
    file.write_bytes(opml(KNOWN, site, "Tin bài"))
    return file


def run(*command: str | Path) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=TIMEOUT)
    assert not done.stderr
    return done.stdout


def addresses() -> list[str]:
    names = [feed.name for family in KNOWN for feed in family.feeds]
    return [f"https://feeds.example/feeds/{name}.rss" for name in names]


def test_families_stand_in_their_order_and_none_that_is_empty() -> None:
    assert [family.title for family in KNOWN] == [
        *("Chung", "Đơn vị", "Chuyên mục", "Thể loại", "Ngôn ngữ"),
    ]


def test_our_feeds_stand_in_our_order_and_others_by_title_whatever_its_marks() -> None:
    [general] = families([("corrections", None), ("latest", None), ("urgent", None)])
    assert [feed.name for feed in general.feeds] == ["latest", "urgent", "corrections"]
    [units] = families([("units/1", "Đà Nẵng"), ("units/2", "an Giang"), ("units/3", "Ea Súp")])
    assert [feed.title for feed in units.feeds] == ["an Giang", "Đà Nẵng", "Ea Súp"]
    [units] = families([("units/1", "Khu vực 10"), ("units/2", "Khu vực 2")])
    assert [feed.title for feed in units.feeds] == ["Khu vực 2", "Khu vực 10"]


def test_a_feed_without_a_name_in_the_registry_is_called_by_its_code() -> None:
    [units] = families([("units/HQAG", None)])
    assert units.feeds == [Named("units/HQAG", "HQAG")]


def test_each_feed_stands_once_in_the_list_of_subscriptions(subscriptions: Path) -> None:
    run("xmllint", "--noout", subscriptions)
    outlines = etree.parse(subscriptions).xpath("//outline[@type='rss']")
    assert [each.get("xmlUrl") for each in outlines] == addresses()
    [ours] = [each for each in outlines if each.get("xmlUrl").endswith("/units/HQHP.rss")]
    assert ours.get("text") == ours.get("title") == NEWLY[0][1]
    assert ours.get("language") == "vi"
    assert ours.get("htmlUrl") == "https://paper.example/"
    assert ours.getparent().get("text") == "Đơn vị"


def test_newsboat_imports_the_list_with_its_families(subscriptions: Path, tmp_path: Path) -> None:
    urls = tmp_path / "urls"
    urls.touch()
    files = ("-u", urls, "-C", "/dev/null", "-c", tmp_path / "cache")
    command: list[str | Path] = ["newsboat", *files, "-i", subscriptions]
    subprocess.run(command, check=True, timeout=TIMEOUT, capture_output=True)
    lines = [line for line in urls.read_text().splitlines() if line]
    assert {line.split(" ")[0] for line in lines} == set(addresses())
    assert all("Đơn vị" in line for line in lines if "/units/" in line)


def test_sfeed_imports_the_list(subscriptions: Path) -> None:
    config = run("sh", "-c", 'sfeed_opml_import < "$0"', subscriptions)
    assert all(address in config for address in addresses())


def test_a_feed_that_no_xml_can_name_is_left_out_alone(site: Site) -> None:
    errors = FEED_RENDER_ERRORS._value.get()
    bad = Family("units", "Đơn vị", "Units", [Named("units/A", "\0"), Named("units/B", "B")])
    listed = opml([bad], site, "Tin bài")
    assert b"units/B.rss" in listed
    assert b"units/A.rss" not in listed
    assert FEED_RENDER_ERRORS._value.get() == errors + 1


class Page(HTMLParser):
    """What stands in the first page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str, **having: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.tags
            if name == tag and all(attributes.get(k) == v for k, v in having.items())
        ]


@pytest.fixture
def page(site: Site) -> Page:
    return Page(index(KNOWN, site, "Tin <bài>").decode())


def test_a_reader_finds_each_feed_once_and_the_latest_in_every_format(page: Page) -> None:
    found = page.all("link", rel="alternate")
    assert [each["href"] for each in found[:3]] == [
        f"https://feeds.example/feeds/latest.{extension}" for extension in ("rss", "atom", "json")
    ]
    rss = [each["href"] for each in found if each["type"] == "application/rss+xml"]
    assert rss == addresses()
    assert len(found) == len(rss) + 2


def test_people_find_every_feed_in_every_format_and_all_that_there_is(page: Page) -> None:
    links = [each["href"] or "" for each in page.all("a")]
    for address in addresses():
        for extension in ("rss", "atom", "json"):
            assert links.count(address.replace(".rss", f".{extension}")) == 1
    for path in ("/feeds.opml", "/sitemap-news.xml", "/docs"):
        assert f"https://feeds.example{path}" in links
    fragments = [link[1:] for link in links if link.startswith("#")]
    assert set(fragments) <= {attributes.get("id") for _, attributes in page.tags}


def test_the_page_runs_no_script_and_shows_nothing_of_others(page: Page, site: Site) -> None:
    [policy] = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    said = policy["content"] or ""
    assert said.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in said
    assert not page.all("script")
    assert not [
        attributes for _, attributes in page.tags if {"style", "onclick", "src"} & {*attributes}
    ]


def test_names_are_text_in_the_page(site: Site) -> None:
    made = index(KNOWN, site, "Tin <bài>").decode()
    assert "Tin &lt;bài&gt;" in made
    assert "Hải quan &lt;Hải&gt; &amp;" in made


def test_crawlers_may_read_all_but_what_wants_a_key(site: Site) -> None:
    lines = robots(site).decode().splitlines()
    assert {"Allow: /", "Disallow: /partners/", "Disallow: /v1/"} <= set(lines)
    assert "Sitemap: https://feeds.example/sitemap-news.xml" in lines
