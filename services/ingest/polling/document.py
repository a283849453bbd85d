"""XML from strangers, read in a moment or refused. Pure."""

import html
from dataclasses import dataclass

from lxml import etree

from schemas.text import fold_whitespace

# A tree of more tags than this would take more memory than a feed is worth.
_MOST_TAGS = 500_000
_SHOWN = 200  # characters of what the parser says
# `&nbsp;` and the like: not XML, but in many feeds, and we know what they mean.
_HARMLESS = {"ERR_UNDECLARED_ENTITY", "WAR_UNDECLARED_ENTITY"}


class NotAFeed(Exception):
    """These bytes are no feed, or none that we read; the text says why."""


@dataclass(frozen=True)
class Document:
    """A tree; `fault` where it is not well-formed, `cut_off` where the end of it is missing."""

    root: etree._Element
    fault: str | None
    cut_off: bool


def read_xml(data: bytes, url: str) -> Document:
    """Read a document that came from `url`, the base of its relative addresses.

    Faults are mended as far as they can be: a stray `&` in one item is no reason to miss others.
    Nothing that a DTD declares is used, so no entity unfolds and no file or address is opened;
    libxml2 itself cuts off what is nested 256 deep. Raises NotAFeed.
    """
    if data.count(b"<") > _MOST_TAGS:
        raise NotAFeed(f"it holds more than {_MOST_TAGS:,} tags")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser, base_url=url)
    except etree.XMLSyntaxError as error:
        raise NotAFeed(f"it is not XML: {str(error)[:_SHOWN]}") from error
    # Where nothing could be mended lxml gives None, which its stubs don't know.
    if not isinstance(root, etree._Element):
        raise NotAFeed("it is not XML")
    faults = [fault for fault in parser.error_log if fault.type_name not in _HARMLESS]
    if not faults:
        return Document(root, None, cut_off=False)
    fault = f"line {faults[0].line}: {faults[0].message[:_SHOWN]}"
    return Document(root, fault, cut_off=not _ends(data, root))


def _ends(data: bytes, root: etree._Element) -> bool:
    name = str(root.tag).rpartition("}")[2]
    end = f"</{root.prefix}:{name}" if root.prefix else f"</{name}"
    return end.encode() in data.replace(b"\0", b"")  # without zeros UTF-16 reads as ASCII does


def name_of(element: etree._Element) -> str:
    """Give `{namespace}name` in lower case; of what is no element, nothing."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def text_of(element: etree._Element | None) -> str:
    """Give all text within, with HTML's named characters in it."""
    if element is None:
        return ""
    parts = [element.text or ""]
    for child in element:
        inner = text_of(child) if isinstance(child.tag, str) else html.unescape(child.text or "")
        parts += (inner, child.tail or "")
    return "".join(parts)


def line_of(element: etree._Element | None) -> str:
    """Give all text within as one line."""
    return fold_whitespace(text_of(element))
