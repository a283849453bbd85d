"""NewsML-G2 as bytes: an item by itself, and many in one newsMessage."""

from collections.abc import Sequence
from datetime import datetime

from lxml.etree import Element, SubElement, _Element, tostring

from services.syndicate.feeds.extensions.elements import XML, add
from services.syndicate.feeds.newsml.metadata import add_content_meta, add_item_meta
from services.syndicate.feeds.newsml.shape import NewsItem

NAR = "http://iptc.org/std/nar/2006-10-01/"
# IPTC's own vocabularies, and ours: what aliases of QCodes stand for.
_CATALOG = "http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_41.xml"
_OURS = {"alias": "tinbai", "uri": "urn:tinbai:"}
_DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>\n"


def written(item: NewsItem) -> bytes:
    """Write an item, without the declaration above it. Raises ValueError for characters that XML
    doesn't know."""
    root = _item("newsItem", item.guid, item.version, item.language)
    if item.usage_terms:
        add(add(root, "rightsInfo"), "usageTerms", item.usage_terms)
    add_item_meta(root, item)
    add_content_meta(root, item)
    if item.html is not None:
        # As data: written as elements it would be as deep as the article has it, and deeper than
        # what parsers take would cost a reader the whole message.
        add(add(root, "contentSet"), "inlineData", item.html, contenttype="text/html")
    return tostring(root, encoding="UTF-8")


def alone(item: bytes) -> bytes:
    """Make a document of an item."""
    return _DECLARATION + item


def message_of(name: str, sender: str, sent: datetime, items: Sequence[bytes]) -> bytes:
    """Put written items together. `sent` is when the newest of them changed, never the clock: the
    same state gives the same bytes."""
    header = Element("header", nsmap={None: NAR})
    add(header, "sent", sent.isoformat())
    add(header, "sender", sender)
    parts = items or [_nothing(name, sent)]
    return b"".join(
        (
            _DECLARATION,
            b'<newsMessage xmlns="%s">' % NAR.encode(),
            tostring(header, encoding="UTF-8"),
            b"<itemSet>",
            *parts,
            b"</itemSet></newsMessage>",
        )
    )


def _nothing(name: str, sent: datetime) -> bytes:
    """Write a package with nothing in it: a message without any item would not be valid."""
    root = _item("packageItem", f"urn:tinbai:feed:{name}", 1, "vi")
    meta = add(root, "itemMeta")
    add(meta, "itemClass", qcode="ninat:composite")
    add(add(meta, "provider"), "name", "tinbai")
    add(meta, "versionCreated", sent.isoformat())
    return tostring(root, encoding="UTF-8")


def _item(tag: str, guid: str, version: int, language: str) -> _Element:
    # No element has a namespace here, only the attribute that gives them all one when it is read.
    root = Element(
        tag,
        {
            "xmlns": NAR,
            "standard": "NewsML-G2",
            "standardversion": "2.35",
            "conformance": "power",
            "guid": guid,
            "version": str(version),
            f"{{{XML}}}lang": language,
        },
    )
    add(root, "catalogRef", href=_CATALOG)
    SubElement(add(root, "catalog"), "scheme", _OURS)
    return root
