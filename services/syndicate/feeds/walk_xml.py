"""RFC 5005's archived feeds in RSS and Atom, through feedgen's own extension interface."""

from functools import partial

from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from lxml.etree import SubElement, _Element

from services.syndicate.feeds.format import Head
from services.syndicate.feeds.site import Site

_ATOM = "http://www.w3.org/2005/Atom"
_HISTORY = "http://purl.org/syndication/history/1.0"


def extend(feed: FeedGenerator, head: Head, site: Site, extension: str, media_type: str) -> None:
    """Have `feed` say where it stands in its history."""
    if head.walk.page or head.walk.previous:
        made = partial(_History, head, site, extension, media_type)
        feed.register_extension("history", made)


class _History(BaseExtension):  # type: ignore[misc]
    def __init__(self, head: Head, site: Site, extension: str, media_type: str) -> None:
        self._walk = head.walk
        self._links = list(head.walk.links(site, head.name, extension))
        self._media_type = media_type

    def extend_rss(self, rss: _Element) -> _Element:
        """Add to the channel."""
        self._add(rss[0], f"{{{_ATOM}}}link")
        return rss

    def extend_atom(self, feed: _Element) -> _Element:
        """Add to the feed; feedgen's elements have no namespace, only an attribute `xmlns`."""
        self._add(feed, "link")
        return feed

    def _add(self, parent: _Element, link: str) -> None:
        for relation, url in self._links:
            SubElement(parent, link, rel=relation, href=url, type=self._media_type)
        if self._walk.page:
            SubElement(parent, f"{{{_HISTORY}}}archive", nsmap={"fh": _HISTORY})
