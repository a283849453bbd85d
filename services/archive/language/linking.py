"""Links from the numbers of documents in an article's text to the pages of these documents."""

import re
from collections.abc import Iterator

from services.archive.language.numbers import citations

_TAG = re.compile(r"(<[^>]*>)")
_LINK = re.compile(r"<(/?)a[\s>]", re.IGNORECASE)


def linked_numbers(markup: str) -> str:
    """Put a link around each number of a document in sanitised HTML; what is a link already, or
    stands in a tag, stays as it is."""
    return "".join(_linked(text) if free else text for text, free in _pieces(markup))


def texts(markup: str) -> Iterator[str]:
    """Give the pieces of text between the tags; in HTML still, `&` as `&amp;`."""
    return (piece for piece in _TAG.split(markup)[::2] if piece)


def document_path(slug: str) -> str:
    """Say where the page of a document is."""
    return f"/documents/{slug}"


def _pieces(markup: str) -> Iterator[tuple[str, bool]]:
    """Split into tags and texts; say of each whether it is text outside of links."""
    depth = 0
    for place, piece in enumerate(_TAG.split(markup)):
        is_tag = place % 2 == 1
        if is_tag and (link := _LINK.match(piece)):
            depth = max(0, depth - 1) if link[1] else depth + 1
        yield piece, not is_tag and not depth


def _linked(text: str) -> str:
    linked, end = [], 0
    for found in citations(text):
        number = text[found.start : found.end]
        linked += [text[end : found.start], f'<a href="{document_path(found.slug)}">{number}</a>']
        end = found.end
    return "".join([*linked, text[end:]])
