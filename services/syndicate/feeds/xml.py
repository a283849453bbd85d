"""RSS 2.0 and Atom by feedgen, cut into parts: each entry is made once for all of its feeds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html import escape

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.extensions.atom import extend_atom
from services.syndicate.feeds.extensions.rss import extend_rss
from services.syndicate.feeds.format import MEDIA_TYPES, Head
from services.syndicate.feeds.site import Site

# A fragment is what a feed with that one entry has more than the same feed without it.
_BLANK = Head("latest", "-", "vi", datetime(1970, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class XmlFormat:
    """A format that feedgen writes, with our extensions."""

    extension: str
    media_type: str
    closing: bytes
    extend: Callable[[FeedGenerator, Site, Head, Entry | None], None]
    write: Callable[[FeedGenerator], bytes]
    separator: bytes = b""

    def opening(self, site: Site, head: Head) -> bytes:
        """Everything above the first entry."""
        return self._document(site, head, None).removesuffix(self.closing)

    def fragment(self, site: Site, entry: Entry) -> bytes:
        """One entry, and for a removed one its tombstone."""
        document = self._document(site, _BLANK, entry)
        return document.removeprefix(_blank_opening(self, site)).removesuffix(self.closing)

    def _document(self, site: Site, head: Head, entry: Entry | None) -> bytes:
        feed = FeedGenerator()
        _say_head(feed, head, site)
        self.extend(feed, site, head, entry)
        if entry:
            _say_entry(feed.add_entry(), entry)
        return self.write(feed)


@lru_cache
def _blank_opening(format_: XmlFormat, site: Site) -> bytes:
    return format_.opening(site, _BLANK)


def _say_head(feed: FeedGenerator, head: Head, site: Site) -> None:
    feed.id(head.identity(site))
    feed.title(head.title)
    feed.subtitle(head.description)
    feed.language(head.language)
    feed.updated(head.updated)
    feed.generator("tinbai")
    # The only one: feedgen takes RSS' <link> from whatever was added last.
    feed.link(href=site.home, rel="alternate", type="text/html")


def _say_entry(said: FeedEntry, entry: Entry) -> None:
    said.id(entry.urn)
    said.title(entry.title)
    said.link(href=entry.link)
    said.content(entry.content, type="html")
    said.published(entry.published)
    said.updated(entry.updated)
    if entry.summary:
        # Escaped, and said to be HTML: in RSS' <description> readers expect nothing else.
        said.summary(escape(entry.summary, quote=False), type="html")
    for author in entry.authors:
        said.author(name=author)
    for contributor in entry.contributors:
        said.contributor(name=contributor)
    for category in entry.categories:
        said.category(term=category.term, scheme=category.scheme, label=category.label)
    if entry.rights:
        said.rights(entry.rights)


RSS = XmlFormat(
    extension="rss",
    media_type=MEDIA_TYPES["rss"],
    closing=b"</channel></rss>",
    extend=extend_rss,
    write=lambda feed: bytes(feed.rss_str()),
)

ATOM = XmlFormat(
    extension="atom",
    media_type=MEDIA_TYPES["atom"],
    closing=b"</feed>",
    extend=extend_atom,
    write=lambda feed: bytes(feed.atom_str()),
)
