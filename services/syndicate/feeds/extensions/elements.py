"""Namespaces, and elements made of what is known."""

from lxml.etree import SubElement, _Element

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
HISTORY = "http://purl.org/syndication/history/1.0"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
MEDIA = "http://search.yahoo.com/mrss/"
PARTNER = "urn:tinbai:partner"
"""Ours: what only partners read."""
PODCAST = "https://podcastindex.org/namespace/1.0"
THREAD = "http://purl.org/syndication/thread/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
XML = "http://www.w3.org/XML/1998/namespace"


def add(parent: _Element, tag: str, text: str = "", /, **attributes: object) -> _Element:
    """Append an element; attributes without a value are left out."""
    known = {name: str(value) for name, value in attributes.items() if value not in (None, "")}
    element = SubElement(parent, tag, known)
    if text:
        element.text = text
    return element
