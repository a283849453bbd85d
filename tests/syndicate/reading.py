"""Feeds of articles, as a reader gets them."""

import json
from typing import Any

from lxml import etree

from schemas.article import Article
from services.syndicate.feeds.binding import bind, cut
from services.syndicate.feeds.entry import entry_of
from services.syndicate.feeds.site import Site
from tests.syndicate.samples import ARCHIVE, NAMES

SITE = Site("https://feeds.example", ARCHIVE)
NAMESPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "thr": "http://purl.org/syndication/thread/1.0",
}


def bodies(*articles: Article, name: str = "latest", title: str = "Tin mới") -> dict[str, bytes]:
    """Make a feed in every format; by the end of its address."""
    fragments = [cut(entry_of(each, NAMES, SITE), SITE) for each in articles]
    return {d.path.rpartition(".")[2]: d.body for d in bind(name, title, fragments, SITE)}


def rss(*articles: Article, name: str = "latest") -> etree._Element:
    """Give the channel."""
    return etree.fromstring(bodies(*articles, name=name)["rss"])[0]


def atom(*articles: Article, name: str = "latest") -> etree._Element:
    """Give the feed."""
    return etree.fromstring(bodies(*articles, name=name)["atom"])


def items(*articles: Article) -> Any:
    """Give the items of JSON Feed."""
    return json.loads(bodies(*articles)["json"])["items"]


def found(element: etree._Element, path: str) -> list[etree._Element]:
    """Find elements by a path with the usual prefixes, `a` for Atom's."""
    return element.findall(path, NAMESPACES)


def texts(element: etree._Element, path: str) -> list[str]:
    """Give the texts of elements."""
    return [each.text or "" for each in found(element, path)]


def attributes(element: etree._Element, path: str) -> list[dict[str, str]]:
    """Give the attributes of elements."""
    return [dict(each.attrib) for each in found(element, path)]
