"""Links, which feedgen turns into other ones or drops: written as they are, in both formats."""

from lxml.etree import SubElement, _Element

from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.extensions.elements import HISTORY, PARTNER, add
from services.syndicate.feeds.format import MEDIA_TYPES, Head
from services.syndicate.feeds.site import Site


def add_feed_links(parent: _Element, tag: str, site: Site, head: Head, form: str) -> None:
    """Say where the feed is, where to subscribe to it, and where to walk back (RFC 5005)."""
    if address := head.address(site, form):
        add(parent, tag, rel="self", type=MEDIA_TYPES[form], href=address)
    for relation, address in head.walk.links(site, head.name, form):
        add(parent, tag, rel=relation, type=MEDIA_TYPES[form], href=address)
    if head.walk.page:
        SubElement(parent, f"{{{HISTORY}}}archive", nsmap={"fh": HISTORY})
    if hub := head.hub(site):
        add(parent, tag, rel="hub", href=hub)


def add_other_formats(parent: _Element, tag: str, site: Site, head: Head, form: str) -> None:
    """Say in which other formats the feed is there. Not for Atom: there, newsboat takes the last
    alternate for the web site, and others take the first."""
    for other in head.others(form):
        add(parent, tag, rel="alternate", type=MEDIA_TYPES[other], href=head.address(site, other))


def add_private(parent: _Element, entry: Entry) -> None:
    """Say what only partners read, each by the name that the article has for it."""
    if entry.private:
        box = SubElement(parent, f"{{{PARTNER}}}article", nsmap={"partner": PARTNER})
        for name, value in entry.private.items():
            add(box, f"{{{PARTNER}}}{name}", str(value))


def add_entry_links(parent: _Element, tag: str, entry: Entry) -> None:
    """Point to what else belongs to the article."""
    for link in entry.links:
        add(parent, tag, rel=link.rel, type=link.content_type, href=link.href, title=link.title)
