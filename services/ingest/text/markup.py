"""HTML of strangers, put in order so that cleaning it is cheap. Pure.

Cleaners build the tree that a browser would, and a browser's rules let half a megabyte of crossed
or nested tags take minutes. libxml2's rules don't: what it writes is well nested and not deep.
"""

import re
from urllib.parse import urljoin

import lxml.html
from lxml import etree

from services.common.said import Said, said

_TAG = re.compile(
    r"""<[a-zA-Z] (?: [^>"'] | "[^"]*(?:"|$) | '[^']*(?:'|$) )*+ (?:>|$)""", re.VERBOSE
)
_SEPARATOR = re.compile(r"[\s/]+")
# Each attribute of a tag is compared with all others of it.
_MOST_ATTRIBUTES = 2000
_DATA = re.compile(r"data:[^\"'\s>]*", re.IGNORECASE)  # a picture within, with many a slash
_ADDRESSES = {"a": "href", "img": "src"}


class Unreadable(Exception):
    """Markup that we don't take, and why."""

    def __init__(self, reason: Said) -> None:
        super().__init__(reason)
        self.reason = reason


def in_order(markup: str, base: str) -> str:
    """Give the same content well nested, its links and pictures with whole addresses."""
    if any(_has_too_many_attributes(tag[0]) for tag in _TAG.finditer(markup)):
        raise Unreadable(said("a tag in it has too many attributes"))
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        body = lxml.html.document_fromstring(markup, parser).find("body")
    except etree.ParserError:  # nothing is in it
        return ""
    if any(fault.type_name == "ERR_RESOURCE_LIMIT" for fault in parser.error_log):
        raise Unreadable(said("its tags are nested too deep"))
    if body is None:
        return ""
    for element in body.iter(*_ADDRESSES):
        _make_absolute(element, _ADDRESSES[str(element.tag)], base)
    whole = etree.tostring(body, encoding="unicode", method="html", with_tail=False)
    return whole[whole.index(">") + 1 : whole.rindex("<")].strip()


def plain(markup: str) -> str:
    """Give the text of markup without its tags."""
    body = in_order(markup, "")
    return "".join(lxml.html.fromstring(f"<div>{body}</div>").itertext()) if body else ""


def _has_too_many_attributes(tag: str) -> bool:
    if len(tag) <= _MOST_ATTRIBUTES:
        return False
    return len(_SEPARATOR.findall(_DATA.sub("", tag))) > _MOST_ATTRIBUTES


def _make_absolute(element: etree._Element, attribute: str, base: str) -> None:
    given = element.get(attribute)
    if given is None:
        return
    try:
        element.set(attribute, urljoin(base, given.strip()))
    except ValueError:  # a bracket without its pair, and the like
        del element.attrib[attribute]
