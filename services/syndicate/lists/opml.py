"""The list of subscriptions: OPML 2.0 (http://opml.org/spec2.opml), which every reader imports."""

from collections.abc import Sequence

import structlog
from lxml import etree

from services.common.metrics import FEED_RENDER_ERRORS
from services.syndicate.feeds.families import language_of
from services.syndicate.feeds.site import Site
from services.syndicate.lists.catalogue import Family, Named

MEDIA_TYPE = "text/x-opml"

log = structlog.get_logger()


def opml(families: Sequence[Family], site: Site, publication: str) -> bytes:
    """Give each family as a folder. Each feed stands there once, as RSS: whoever imports the list
    wants each feed once, and `rss` is the only type that OPML knows."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = publication
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    for family in families:
        folder = etree.SubElement(body, "outline", text=family.title, title=family.title)
        for feed in family.feeds:
            _list(folder, feed, site)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _list(folder: etree._Element, feed: Named, site: Site) -> None:
    try:
        attributes = {
            "type": "rss",
            "text": feed.title,
            "title": feed.title,
            "xmlUrl": site.feed(feed.name, "rss"),
            "htmlUrl": site.home,
            "language": language_of(feed.name),
            "version": "RSS2",
        }
        etree.SubElement(folder, "outline", attributes)
    except ValueError:  # a character that no XML holds
        FEED_RENDER_ERRORS.inc()
        log.exception("feed_left_out", feed=feed.name, document="opml")
