"""RSS 2.0: what feedgen doesn't say of a channel, and says of an item only in part."""

from functools import partial

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml.etree import _Element

from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.extensions import podcast
from services.syndicate.feeds.extensions.elements import (
    ATOM,
    CONTENT,
    DC,
    ITUNES,
    MEDIA,
    PODCAST,
    add,
)
from services.syndicate.feeds.extensions.links import (
    add_entry_links,
    add_feed_links,
    add_other_formats,
    add_private,
)
from services.syndicate.feeds.extensions.media import add_media
from services.syndicate.feeds.format import Head
from services.syndicate.feeds.site import Site

_LINK = f"{{{ATOM}}}link"


def extend_rss(feed: FeedGenerator, site: Site, head: Head, entry: Entry | None) -> None:
    """Mend the RSS of `feed`, whose only entry will be `entry`."""
    feed.register_extension(
        "mended", partial(_RssFeed, site, head), entry and partial(_RssEntry, entry)
    )


class _RssFeed(BaseExtension):  # type: ignore[misc]
    """Links to hub and other formats; what makes a podcast of the feed of podcasts."""

    def __init__(self, site: Site, head: Head) -> None:
        self._site = site
        self._head = head

    def extend_ns(self) -> dict[str, str]:
        """Declare what items use, once for all of them."""
        return {"dc": DC, "media": MEDIA, "itunes": ITUNES, "podcast": PODCAST}

    def extend_rss(self, rss: _Element) -> _Element:
        """Add to the channel."""
        channel = rss[0]
        add_feed_links(channel, _LINK, self._site, self._head, "rss")
        add_other_formats(channel, _LINK, self._site, self._head, "rss")
        podcast.add_to_channel(channel, self._head, self._site.feed(self._head.name, "rss"))
        return rss


class _RssEntry(BaseEntryExtension):  # type: ignore[misc]
    """Authors without e-mail, all enclosures, Media RSS, language, rights, time of change."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def extend_rss(self, item: _Element) -> _Element:
        """Add to the item."""
        entry = self._entry
        if not entry.summary:
            _without_summary(item, entry)
        # `author` needs an e-mail address; with both, readers show everyone twice.
        for author in entry.authors:
            add(item, f"{{{DC}}}creator", author)
        for contributor in entry.contributors:
            add(item, f"{{{DC}}}contributor", contributor)
        add(item, f"{{{DC}}}publisher", entry.unit.label)
        add(item, f"{{{DC}}}language", entry.language)
        if entry.rights:
            add(item, f"{{{DC}}}rights", entry.rights)
        add(item, f"{{{ATOM}}}updated", entry.updated.isoformat())
        add_entry_links(item, _LINK, entry)
        for attachment in entry.attachments:
            # Readers keep all, the first, or the first that plays. The length must be there.
            add(
                item,
                "enclosure",
                url=attachment.url,
                length=attachment.size or 0,
                type=attachment.content_type,
            )
        add_media(item, entry)
        podcast.add_to_item(item, entry)
        add_private(item, entry)
        return item


def _without_summary(item: _Element, entry: Entry) -> None:
    """Call the content what it is: without a summary feedgen calls it a description."""
    for description in item.iterfind("description"):
        description.tag = f"{{{CONTENT}}}encoded"
        if any(attachment.caption for attachment in entry.attachments):
            # An empty one, or feedparser takes a caption for it.
            description.addprevious(description.makeelement("description"))
