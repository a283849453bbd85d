"""Where in an article the words of a question stand."""

import html
from collections.abc import Set

from services.archive.language.terms import WRITTEN_WORD
from services.common.text import fold

_AROUND = 12  # words shown on each side of the first one found


def highlight(text: str, words: Set[str]) -> str | None:
    """Cut a piece out of `text` as HTML, with `<mark>` around what was looked for.

    None where none of the folded `words` stands in it.
    """
    found = list(WRITTEN_WORD.finditer(text))
    hits = [position for position, word in enumerate(found) if fold(word[0]) in words]
    if not hits:
        return None
    first, last = max(0, hits[0] - _AROUND), min(len(found) - 1, hits[0] + _AROUND)
    marked, end = ["…" if first else ""], found[first].start()
    for word in (found[position] for position in hits if position <= last):
        marked += [html.escape(text[end : word.start()]), f"<mark>{html.escape(word[0])}</mark>"]
        end = word.end()
    marked += [html.escape(text[end : found[last].end()]), "…" if last < len(found) - 1 else ""]
    return "".join(marked)
