"""The paragraphs of a text: what a reader takes for one, without its markup."""

import html
import re

# These stand inside a paragraph; cells of a row stay on one line; all other tags end a line.
_INLINE = re.compile(
    r"</?(?:a|abbr|b|cite|code|del|em|i|ins|mark|q|s|small|strong|sub|sup|u)\b[^>]*>"
)
_CELL = re.compile(r"</?t[dh]\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def paragraphs_of(markup: str) -> list[str]:
    """Split sanitised HTML; words of a paragraph have one space between them."""
    text = re.sub(r"\s+", " ", markup)
    text = _TAG.sub("\n", _CELL.sub(" ", _INLINE.sub("", text)))
    return paragraphs_in("\n".join(map(html.unescape, text.split("\n"))))


def paragraphs_in(text: str) -> list[str]:
    """Split plain text at its ends of line."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line]
