"""Links, which feedgen turns into other ones or drops: written as they are, in both formats."""

from collections.abc import Iterator

from lxml.etree import _Element

from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.extensions.elements import add
from services.syndicate.feeds.format import MEDIA_TYPES, Head
from services.syndicate.feeds.site import Site


def add_feed_links(parent: _Element, tag: str, site: Site, head: Head, extension: str) -> None:
    """Say where the feed is, where to subscribe to it, and in which other formats it is there."""
    for rel, form in _feeds(extension):
        add(parent, tag, rel=rel, type=MEDIA_TYPES[form], href=site.feed(head.name, form))
    add(parent, tag, rel="hub", href=site.hub)


def _feeds(extension: str) -> Iterator[tuple[str, str]]:
    yield "self", extension
    for form in MEDIA_TYPES:
        if form != extension:
            yield "alternate", form


def add_entry_links(parent: _Element, tag: str, entry: Entry) -> None:
    """Point to what else belongs to the article."""
    for link in entry.links:
        add(parent, tag, rel=link.rel, type=link.content_type, href=link.href, title=link.title)
