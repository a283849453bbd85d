"""The body of an article: HTML, Markdown or plain text in, a safe subset of HTML out."""

import html
import re
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

import nh3
from markdown_it import MarkdownIt

from schemas.text import FORBIDDEN
from services.common.said import Said, said
from services.ingest.text.markup import Unreadable, in_order

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

# With more, nested in each other, the cleaner takes seconds: its time grows with their square.
_FEW_TAGS = 300
_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    url_schemes=_SCHEMES,
    url_relative="deny",  # in a feed reader it leads nowhere
    link_rel="noopener noreferrer",
)
# Each takes up to 40 µs, in which nobody else is served.
_MARKS, _MOST_MARKS = "[!*_`<&\\|\n", 20_000
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class CleanBody:
    """Safe HTML; `hints` for the unit; `error` where the body can't be used at all."""

    html: str
    hints: tuple[Said, ...] = ()
    error: Said | None = None


def clean_body(body: str, body_format: BodyFormat) -> CleanBody:
    """Make the HTML that feeds and pages show."""
    if body_format == "markdown" and sum(map(body.count, _MARKS)) > _MOST_MARKS:
        fault = said("holds more than {most:,} marks of Markdown", most=_MOST_MARKS)
        return CleanBody("", error=fault)
    markup = _to_html(body, body_format)
    if markup.count("<") > _FEW_TAGS:
        try:
            markup = in_order(markup, "")
        except Unreadable as unreadable:
            return CleanBody("", error=unreadable.reason)
    safe = normalize("NFC", _sanitise(markup)).strip()
    if found := FORBIDDEN.search(safe):
        # A character reference such as &#8; passes the check of the text as it came.
        code = f"{ord(found[0]):04X}"
        fault = said("refers to the character U+{code}, which no feed can carry", code=code)
        return CleanBody("", error=fault)
    if not _has_content(safe):
        return CleanBody("", error=said("holds no text once unsafe markup is taken out"))
    if _is_active(markup):
        return CleanBody(safe, (said("active content was taken out of the body"),))
    return CleanBody(safe)


def text_of(safe: str) -> str:
    """Give the text of sanitised HTML."""
    return html.unescape(_MARKUP.sub(" ", safe))


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
    return "<img" in safe or bool(text_of(safe).strip())
