"""The body of an article: HTML, Markdown or plain text in, a safe subset of HTML out."""

import html
import re
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

import nh3
from markdown_it import MarkdownIt

from schemas.text import FORBIDDEN

BodyFormat = Literal["html", "text", "markdown"]

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "q", "cite"),
    *("ul", "ol", "li", "dl", "dt", "dd"),
    *("a", "abbr", "b", "strong", "i", "em", "u", "s", "del", "ins", "mark", "small", "sub", "sup"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("figure", "figcaption", "img"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "abbr": {"title"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "*": {"lang", "dir"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}

# What a page would have run or fetched; its removal is told to the unit. Plain words first: one
# expression for all takes longer than the cleaning itself.
_ACTIVE_WORDS = (
    *("<script", "<style", "<iframe", "<object", "<embed", "<form", "<svg", "<math"),
    *("<link", "<meta", "<base", "javascript:", "vbscript:"),
)
_ACTIVE_ATTRIBUTE = re.compile(r"on[a-z]{3,30}=")
_MARKUP = re.compile(r"<[^>]*>")
# The page's own headline is its h1.
_TOP_HEADING = re.compile(r"(</?)h1\b", re.IGNORECASE)

_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    url_schemes=_SCHEMES,
    url_relative="deny",  # in a feed reader it leads nowhere
    link_rel="noopener noreferrer",
)
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class CleanBody:
    """Safe HTML; `hints` for the unit; `error` where the body can't be used at all."""

    html: str
    hints: tuple[str, ...] = ()
    error: str | None = None


def clean_body(body: str, body_format: BodyFormat) -> CleanBody:
    """Make the HTML that feeds and pages show."""
    markup = _to_html(body, body_format)
    safe = normalize("NFC", _sanitise(markup)).strip()
    if found := FORBIDDEN.search(safe):
        # A character reference such as &#8; passes the check of the text as it came.
        return CleanBody("", error=f"refers to the character U+{ord(found[0]):04X}")
    if not _has_content(safe):
        return CleanBody("", error="holds no text once unsafe markup is taken out")
    hints = ("active content was taken out of the body",) if _is_active(markup) else ()
    return CleanBody(safe, hints)


def _to_html(body: str, body_format: BodyFormat) -> str:
    match body_format:
        case "html":
            return body
        case "markdown":
            return str(_markdown.render(body))
        case "text":
            blocks = re.split(r"\n\s*\n", body.replace("\r\n", "\n").strip())
            return "".join(
                f"<p>{html.escape(block.strip(), quote=False).replace(chr(10), '<br>')}</p>"
                for block in blocks
            )


def _sanitise(markup: str) -> str:
    return _cleaner.clean(_TOP_HEADING.sub(r"\1h2", markup))


def _is_active(markup: str) -> bool:
    lower = markup.lower()
    if any(word in lower for word in _ACTIVE_WORDS):
        return True
    return any(
        lower[found.start() - 1 : found.start()].isspace()
        for found in _ACTIVE_ATTRIBUTE.finditer(lower)
    )


def _has_content(safe: str) -> bool:
    return "<img" in safe or bool(html.unescape(_MARKUP.sub("", safe)).strip())
