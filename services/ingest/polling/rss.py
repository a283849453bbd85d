"""An item of RSS 0.9, 1.0 or 2.0, with the extensions that sites use."""

import re

from lxml import etree

from services.ingest.polling.document import line_of, name_of, text_of
from services.ingest.polling.entry import (
    DC,
    MEDIA,
    Entry,
    Text,
    address,
    children_of,
    files_of,
    language_of,
    limited,
    time_of,
)

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_ATOM = "{http://www.w3.org/2005/atom}"
_MARKUP = re.compile(r"</?[a-z][^<>]*>|&(?:#\d+|#x[0-9a-f]+|[a-z]+\d*);", re.IGNORECASE)


def entry_of(item: etree._Element) -> Entry:
    """Read an item. Raises BadEntry."""
    parts = children_of(item)
    base = item.base or ""

    def first(*names: str) -> etree._Element | None:
        return next((parts[name][0] for name in names if name in parts), None)

    def lines(*names: str) -> tuple[str, ...]:
        return tuple(line_of(part) for name in names for part in parts.get(name, ()))

    guid = first("guid")
    link = address(base, line_of(first("link")))
    if link is None and guid is not None and guid.get("isPermaLink", "true") == "true":
        link = address("", line_of(guid))
    return Entry(
        given_id=line_of(guid) or item.get(_ABOUT, "").strip(),
        link=link,
        title=_text(first("title")) or Text(""),
        summary=_text(first("description", _ATOM + "summary")),
        content=_text(first(_CONTENT, _ATOM + "content")),
        # `author` is an address of e-mail by the rules of RSS: it is not for the public.
        authors=lines(DC + "creator") or tuple(a for a in lines("author") if "@" not in a),
        keywords=lines("category", DC + "subject"),
        files=files_of(base, parts.get("enclosure", []) + parts.get(MEDIA + "content", []), "url"),
        language=language_of(item) or _language_of_channel(item),
        base=base,
        dated=time_of(line_of(first(_ATOM + "updated", "pubdate", DC + "date"))),
    )


_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def _text(element: etree._Element | None) -> Text | None:
    """RSS does not say whether a text is markup: it is if it looks like it."""
    text = text_of(element).strip()
    if not text:
        return None
    return limited(Text(text, is_html=bool(_MARKUP.search(text))))


def _language_of_channel(item: etree._Element) -> str | None:
    channel = item.getparent()
    for part in channel if channel is not None else ():
        if name_of(part).rpartition("}")[2] == "language":
            return line_of(part) or None
        if name_of(part) == name_of(item):
            return None
    return None
