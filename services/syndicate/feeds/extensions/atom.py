"""Atom (RFC 4287): tombstones (RFC 6721), threads (RFC 4685), and links as they were meant."""

from datetime import timedelta
from functools import partial

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml.etree import _Element

from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.extensions.elements import DC, MEDIA, THREAD, TOMBSTONES, XML, add
from services.syndicate.feeds.extensions.links import add_entry_links, add_feed_links, add_private
from services.syndicate.feeds.extensions.media import add_media
from services.syndicate.feeds.format import Head
from services.syndicate.feeds.site import Site

# feedgen's elements have no namespace, only an attribute that says `xmlns`.
_LINK = "link"

# Before the notice, after the text: who honours RFC 6721 drops the text and keeps the notice.
_JUST_BEFORE = timedelta(milliseconds=1)


def extend_atom(feed: FeedGenerator, site: Site, head: Head, entry: Entry | None) -> None:
    """Mend the Atom of `feed`, whose only entry will be `entry`."""
    feed.register_extension(
        "mended", partial(_AtomFeed, site, head, entry), entry and partial(_AtomEntry, entry)
    )


class _AtomFeed(BaseExtension):  # type: ignore[misc]
    """Links to itself and the hub; tombstones, which stand beside entries."""

    def __init__(self, site: Site, head: Head, entry: Entry | None) -> None:
        self._site = site
        self._head = head
        self._entry = entry

    def extend_ns(self) -> dict[str, str]:
        """Declare what entries use, once for all of them."""
        return {"at": TOMBSTONES, "dc": DC, "media": MEDIA, "thr": THREAD}

    def extend_atom(self, feed: _Element) -> _Element:
        """Add to the feed."""
        add_feed_links(feed, _LINK, self._site, self._head, "atom")
        if self._entry and self._entry.removed:
            when = self._entry.updated - _JUST_BEFORE
            add(feed, f"{{{TOMBSTONES}}}deleted-entry", ref=self._entry.urn, when=when.isoformat())
        return feed


class _AtomEntry(BaseEntryExtension):  # type: ignore[misc]
    """Language, links of every kind, Media RSS, what is answered."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def extend_atom(self, element: _Element) -> _Element:
        """Add to the entry."""
        entry = self._entry
        element.set(f"{{{XML}}}lang", entry.language)
        for link in element.iterfind("link"):  # the only one that feedgen made
            link.set("rel", "alternate")
            link.set("type", "text/html")
        if not entry.summary and any(each.caption for each in entry.attachments):
            # An empty one, or feedparser takes a caption for it.
            add(element, "summary")
        add(element, f"{{{DC}}}publisher", entry.unit.label)
        add_entry_links(element, _LINK, entry)
        if entry.rebuts:
            address = entry.rebuts.url
            add(element, f"{{{THREAD}}}in-reply-to", ref=address, href=address, type="text/html")
        for attachment in entry.attachments:
            add(
                element,
                _LINK,
                rel="enclosure",
                href=attachment.url,
                type=attachment.content_type,
                length=attachment.size,
                title=attachment.caption,
            )
        add_media(element, entry)
        add_private(element, entry)
        return element
