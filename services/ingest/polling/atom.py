"""An entry of Atom (RFC 4287), or of its draft 0.3."""

from copy import deepcopy

from lxml import etree

from services.common.said import said
from services.ingest.polling.document import line_of, name_of, text_of
from services.ingest.polling.entry import (
    XHTML,
    BadEntry,
    Entry,
    Text,
    address,
    children_of,
    files_of,
    language_of,
    limited,
    time_of,
)


def entry_of(entry: etree._Element) -> Entry:
    """Read an entry. Raises BadEntry."""
    parts = children_of(entry)
    base = entry.base or ""

    def first(*names: str) -> etree._Element | None:
        return next((parts[name][0] for name in names if name in parts), None)

    links = parts.get("link", [])
    pages = [link for link in links if link.get("rel", "alternate") == "alternate"]
    enclosures = [link for link in links if link.get("rel") == "enclosure"]
    content = first("content")
    return Entry(
        given_id=line_of(first("id")),
        link=address(base, pages[0].get("href")) if pages else None,
        title=_text(first("title")) or Text(""),
        summary=_text(first("summary")),
        content=_text(content),
        authors=tuple(_name(author) for author in parts.get("author", []) if _name(author)),
        keywords=tuple(
            category.get("label") or category.get("term") or ""
            for category in parts.get("category", [])
        ),
        files=files_of(base, enclosures, "href"),
        language=language_of(entry),
        base=(content.base if content is not None else None) or base,
        dated=time_of(line_of(first("updated", "modified", "published", "issued"))),
    )


def _name(author: etree._Element) -> str:
    return next((line_of(part) for part in author if name_of(part).endswith("}name")), "")


def _text(element: etree._Element | None) -> Text | None:
    if element is None:
        return None
    kind = (element.get("type") or "text").lower()
    if kind == "xhtml" or len(element.findall(f"{XHTML}div")):
        text, is_html = _markup_within(element), True
    else:
        text, is_html = text_of(element).strip(), kind in ("html", "text/html")
    return limited(Text(text, is_html)) if text else None


def _markup_within(element: etree._Element) -> str:
    copy = deepcopy(element)
    try:
        for inner in copy.iter(f"{XHTML}*"):
            inner.tag = str(inner.tag).removeprefix(XHTML)
    except ValueError as error:  # what was mended may have a name that no tag has
        raise BadEntry(said("its markup can't be read")) from error
    etree.cleanup_namespaces(copy)
    return "".join(
        etree.tostring(child, encoding="unicode", method="html", with_tail=True) for child in copy
    ).strip()
