"""HTML of articles as plain text, for those whose systems read nothing else."""

import re

from lxml.html import HtmlElement, HTMLParser, fragment_fromstring

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    (*_HEADINGS, "p", "div", "ul", "ol", "blockquote", "pre", "figure", "figcaption", "table")
)
_LINES = frozenset(("li", "tr", "dt", "dd"))
_GAPS = re.compile(r"\n{3,}")


def plain_text(html: str) -> str:
    """Give the text, an empty line between paragraphs and the addresses of links in brackets."""
    parser = HTMLParser(huge_tree=True)
    root = fragment_fromstring(html, create_parent="div", parser=parser)
    parts: list[str] = []
    # Not by calling itself: markup may be nested deeper than Python goes.
    waiting: list[HtmlElement | str] = [root]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            parts.append(each)
            continue
        before, after = _around(each)
        parts += [before, _words(each.text)]
        waiting.append(after)
        for child in reversed(each):
            waiting += [_words(child.tail), child]
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def _around(element: HtmlElement) -> tuple[str, str]:
    """Give what stands before and after the text of an element."""
    tag = element.tag
    if tag == "br":
        return "\n", ""
    if tag in _LINES:
        return ("\n- " if tag == "li" else "\n"), ""
    if tag in ("td", "th"):
        return "", " "
    if tag == "img":
        alternative = element.get("alt", "")
        return (f"[{alternative}]" if alternative else ""), ""
    if tag == "a":
        address = element.get("href", "")
        shown = address and address not in element.text_content()
        return "", (f" <{address}>" if shown else "")
    return ("\n\n", "\n\n") if tag in _BLOCKS else ("", "")


def _words(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
