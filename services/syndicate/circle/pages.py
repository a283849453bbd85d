"""A page as a stranger serves it: the words that it holds. Pure, and cheap whatever the page is."""

import html
import re
from codecs import BOM_UTF8
from collections.abc import Mapping

from lxml import etree

from services.common.text import folded_words

_READ_ANYHOW = "cp1252"
_CHARSETS = re.compile(
    r"utf-?8|utf-16(le|be)?|(windows|cp)-?125[0-8]|iso-8859-\d{1,2}|(us-)?ascii", re.IGNORECASE
)
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,30})", re.IGNORECASE)
_DECLARED_WITHIN = 4096  # bytes

# What stands within a word, or parts it where a line may break.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|"
    "span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_TOLD = frozenset(
    ("description", "og:description", "og:title", "twitter:description", "twitter:title")
)
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})")
_ESCAPED = re.compile(r"\\[nrt/\"]")
# No letter has such a number, and Python reads none of more than 4,300 digits.
_ENDLESS = re.compile(r"&#[xX]?[0-9a-fA-F]{20,};?")
_TAG = re.compile(r"<[^<>]{0,2000}>")


def words_of(page: bytes, charset: str | None = None) -> list[str]:
    """Give the words of an HTML page, folded, in order. Also what its scripts hold (pages that put
    themselves together in the browser) and what it tells of itself to other sites; not its comments
    and styles. `charset` is what the answer's header names."""
    return words_of_markup(_decoded(page, charset))


def words_of_markup(markup: str) -> list[str]:
    """Give the words of HTML, folded, in order."""
    # To build a tree takes minutes for a tag with 100,000 attributes (libxml2 2.14); this doesn't.
    collected = _Text()
    parser = etree.HTMLParser(  # type: ignore[call-overload] # it wants all events to be taken
        target=collected, huge_tree=False
    )
    parser.feed(markup.replace("\0", ""))
    parser.close()
    return folded_words(collected.text.translate(_UNSEEN))


def _decoded(page: bytes, charset: str | None) -> str:
    """Decode as browsers do, but for UTF-8 that nobody has declared."""
    declared = _DECLARED.search(page[:_DECLARED_WITHIN])
    for name in (charset, "utf-8", declared and declared[1].decode("ascii", "replace")):
        # Others of Python's are no charsets of pages, and some are slow.
        if name and _CHARSETS.fullmatch(name):
            try:
                return page.removeprefix(BOM_UTF8).decode(name)
            except (UnicodeDecodeError, LookupError):
                continue
    return page.decode(_READ_ANYHOW, "replace")


class _Text:
    """Collects text from libxml2's events."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._within: str | None = None  # a script or style

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if not _INLINE.fullmatch(tag):
            self._parts.append(" ")
        if tag in ("script", "style"):
            self._within = tag
        elif tag == "meta":
            names = {attributes.get("name", "").lower(), attributes.get("property", "").lower()}
            if names & _TOLD:
                self._parts.append(f" {attributes.get('content', '')} ")

    def end(self, tag: str) -> None:
        """An element ends."""
        if not _INLINE.fullmatch(tag):
            self._parts.append(" ")
        if tag == self._within:
            self._within = None

    def data(self, text: str) -> None:
        """Text comes, in pieces."""
        if self._within is None:
            self._parts.append(text)
        elif self._within == "script":
            self._parts.append(_unescaped(text))

    def close(self) -> None:
        """Nothing is left to do."""

    @property
    def text(self) -> str:
        """What was collected."""
        return "".join(self._parts)


def _unescaped(script: str) -> str:
    """Give text as a script's strings mean it: JSON escapes, and the markup within."""
    plain = _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), script)
    markup = _ENDLESS.sub(" ", _TAG.sub(" ", _ESCAPED.sub(" ", plain)))
    return _TAG.sub(" ", html.unescape(markup))
