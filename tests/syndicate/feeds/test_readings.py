"""Every sample, read back by programs that nobody here wrote."""

import json
import re
from html import escape, unescape
from typing import Any

import feedparser
import pytest
from lxml import etree

from tests.syndicate.reading import NAMESPACES, bodies, found, texts
from tests.syndicate.samples import SAMPLES

MADE = bodies(*SAMPLES.values())
RSS, ATOM = (feedparser.parse(MADE[form]) for form in ("rss", "atom"))
ITEMS = json.loads(MADE["json"])["items"]
READ = dict(zip(SAMPLES, zip(RSS.entries, ATOM.entries, ITEMS, strict=True), strict=True))

_MAIL = re.compile(r"<\S+@\S+>")  # feedparser looks for one in RSS' authors, and takes it out


def read(entry: Any) -> dict[str, Any]:
    """Give all that an RSS and an Atom reader must find alike."""
    return {
        "id": entry.id,
        "link": entry.link,
        "title": entry.title,
        "summary": entry.get("summary"),
        "content": [content.value for content in entry.content],
        "enclosures": [(e.href, e.type, int(e.get("length", 0))) for e in entry.enclosures],
        "authors": [_MAIL.sub("", author.name) for author in entry.authors],
        "contributors": [each.name for each in entry.get("contributors", [])],
        "publisher": entry.publisher,
        "published": entry.published_parsed,
        "updated": entry.updated_parsed,
        "tags": [(tag.scheme, tag.label or tag.term) for tag in entry.get("tags", [])],
        "media": [m["url"] for m in entry.get("media_content", [])],
        "thumbnail": entry.get("media_thumbnail"),
        "credits": entry.get("media_credit"),
        "rights": entry.get("rights"),
        "links": [(ln.rel, ln.href) for ln in entry.links if ln.rel not in ("self", "enclosure")],
    }


def test_feedparser_finds_nothing_wrong() -> None:
    assert (RSS.bozo, RSS.version) == (0, "rss20")
    assert (ATOM.bozo, ATOM.version) == (0, "atom10")
    assert RSS.feed.title == ATOM.feed.title == "Tin mới"
    assert RSS.feed.link == ATOM.feed.link == "https://paper.example/"
    assert RSS.feed.subtitle == ATOM.feed.subtitle


@pytest.mark.parametrize("name", SAMPLES)
def test_an_rss_and_an_atom_reader_find_the_same(name: str) -> None:
    rss, atom, _ = READ[name]
    assert read(rss) == read(atom)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_reader_of_json_feed_finds_the_same_too(name: str) -> None:
    _, atom, item = READ[name]
    assert item["id"] == atom.id
    assert item["url"] == atom.link
    assert item["title"] == atom.title
    if SAMPLES[name].lead:  # otherwise feedparser calls the content a summary too
        assert item["summary"] == unescape(atom.summary)
    assert [author["name"] for author in item["authors"]] == [each.name for each in atom.authors]
    assert [each["url"] for each in item.get("attachments", [])] == [
        each.href for each in atom.enclosures
    ]
    assert item.get("tags", []) == list(dict.fromkeys(tag.label for tag in atom.get("tags", [])))


def test_the_three_formats_hold_the_same_text_to_the_letter() -> None:
    channel, feed = etree.fromstring(MADE["rss"])[0], etree.fromstring(MADE["atom"])
    contents = [item["content_html"] for item in ITEMS]
    assert texts(channel, "item/content:encoded") == texts(feed, "a:entry/a:content") == contents
    summaries = [escape(item.get("summary", ""), quote=False) for item in ITEMS]
    assert [item.findtext("description", "") for item in found(channel, "item")] == summaries
    assert [e.findtext("a:summary", "", NAMESPACES) for e in found(feed, "a:entry")] == summaries


@pytest.mark.parametrize("name", SAMPLES)
def test_the_headline_is_shown_as_it_was_written(name: str) -> None:
    rss, atom, item = READ[name]
    headline = SAMPLES[name].headline or item["title"]
    assert rss.title == atom.title == item["title"] == headline


def test_a_caption_is_not_taken_for_the_lead() -> None:
    rss, atom, item = READ["no_lead_captioned"]
    assert rss.summary == atom.summary == item.get("summary", "") == ""
    assert rss.content[0].value == SAMPLES["no_lead_captioned"].body


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_each_namespace_is_declared_once(form: str) -> None:
    root = etree.fromstring(MADE[form])
    assert MADE[form].count(b"xmlns") == len(root.nsmap)
