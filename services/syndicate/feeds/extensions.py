"""What feedgen 1.0 lacks or gets wrong, mended through its own extension interface."""

from datetime import timedelta
from functools import partial

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml.etree import SubElement, _Element

from services.syndicate.feeds.entry import Attachment, Entry

_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_XML = "http://www.w3.org/XML/1998/namespace"

# Before the notice, after the text: who honours RFC 6721 drops the text and keeps the notice.
_JUST_BEFORE = timedelta(milliseconds=1)


def extend_rss(feed: FeedGenerator, entry: Entry | None) -> None:
    """Mend the RSS of `feed`, whose only entry will be `entry`."""
    feed.register_extension("mended", _RssFeed, entry and partial(_RssEntry, entry))


def extend_atom(feed: FeedGenerator, entry: Entry | None) -> None:
    """Mend the Atom of `feed`, whose only entry will be `entry`."""
    feed.register_extension(
        "mended", partial(_AtomFeed, entry), entry and partial(_AtomEntry, entry)
    )


class _RssFeed(BaseExtension):  # type: ignore[misc]
    """Declares what items use, once for all of them."""

    def extend_ns(self) -> dict[str, str]:
        """Name the namespaces."""
        return {"dc": _DC, "media": _MEDIA}


class _RssEntry(BaseEntryExtension):  # type: ignore[misc]
    """Authors without e-mail, all enclosures, Media RSS, language, rights, time of change."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def extend_rss(self, item: _Element) -> _Element:
        """Add to the item."""
        if not self._entry.summary:
            # Without a summary feedgen calls the content a description.
            for description in item.iterfind("description"):
                description.tag = f"{{{_CONTENT}}}encoded"
        for author in self._entry.authors:
            _text(item, f"{{{_DC}}}creator", author)
        _text(item, f"{{{_DC}}}language", self._entry.language)
        if self._entry.rights:
            _text(item, f"{{{_DC}}}rights", self._entry.rights)
        _text(item, f"{{{_ATOM}}}updated", self._entry.updated.isoformat())
        for attachment in self._entry.attachments:
            SubElement(
                item,
                "enclosure",
                url=attachment.url,
                length=str(attachment.size),
                type=attachment.content_type,
            )
            _media_rss(item, attachment)
        return item


class _AtomFeed(BaseExtension):  # type: ignore[misc]
    """Tombstones, which stand beside entries."""

    def __init__(self, entry: Entry | None) -> None:
        self._entry = entry

    def extend_ns(self) -> dict[str, str]:
        """Declare what entries use, once for all of them."""
        return {"at": _TOMBSTONES, "media": _MEDIA}

    def extend_atom(self, feed: _Element) -> _Element:
        """Add to the feed."""
        if self._entry and self._entry.removed:
            when = self._entry.updated - _JUST_BEFORE
            SubElement(
                feed, f"{{{_TOMBSTONES}}}deleted-entry", ref=self._entry.urn, when=when.isoformat()
            )
        return feed


class _AtomEntry(BaseEntryExtension):  # type: ignore[misc]
    """Language, enclosures (feedgen drops the attributes of entry links), Media RSS."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def extend_atom(self, element: _Element) -> _Element:
        """Add to the entry."""
        element.set(f"{{{_XML}}}lang", self._entry.language)
        for attachment in self._entry.attachments:
            # feedgen's elements have no namespace, only an attribute that says `xmlns`.
            link = SubElement(
                element,
                "link",
                rel="enclosure",
                href=attachment.url,
                type=attachment.content_type,
                length=str(attachment.size),
            )
            if attachment.caption:
                link.set("title", attachment.caption)
            _media_rss(element, attachment)
        return element


def _media_rss(parent: _Element, attachment: Attachment) -> None:
    content = SubElement(
        parent, f"{{{_MEDIA}}}content", url=attachment.url, type=attachment.content_type
    )
    if attachment.kind in ("image", "audio", "video"):
        content.set("medium", attachment.kind)
    for name, value in (
        ("fileSize", attachment.size),
        ("width", attachment.width),
        ("height", attachment.height),
        ("duration", attachment.duration and round(attachment.duration)),
    ):
        if value:
            content.set(name, str(value))
    if attachment.caption:
        _text(content, f"{{{_MEDIA}}}description", attachment.caption)
    if attachment.credit:
        _text(content, f"{{{_MEDIA}}}credit", attachment.credit)


def _text(parent: _Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text
