"""Where in an article that stands what was looked for, in the text as it was written."""

import html
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from services.common.text import fold

_LENGTH = 240  # characters of a passage
_BEFORE = 60  # of them before the first mark, at the most
_LONGEST_WORD = 30
_WORDS = re.compile(r"[^\W_]+")
_BETWEEN = r"[\W_]{1,5}"  # what may stand between the words of a phrase

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class _Mark:
    start: int
    end: int
    phrase: Phrase


def passage(text: str, phrases: Collection[Phrase]) -> str | None:
    """Cut the piece out of `text` that has most of the folded `phrases`, as HTML, with `<mark>`
    around each, whole; None where there is none of them."""
    marks = list(_marks(text, phrases))
    if not marks:
        return None
    first = max(range(len(marks)), key=lambda at: (_told(marks, at), -at))
    start = _start(text, max(0, marks[first].start - _BEFORE), marks[first].start)
    last = max(mark.end for mark in _near(marks, first))
    end = _end(text, max(last, min(len(text), start + _LENGTH)))
    inside = [mark for mark in marks if start <= mark.start and mark.end <= end]
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return before + _with_marks(text, start, end, inside) + after


def marked_whole(text: str, phrases: Collection[Phrase]) -> str | None:
    """Give all of `text` as HTML, with `<mark>` around what was looked for; None without any."""
    marks = list(_marks(text, phrases))
    return _with_marks(text, 0, len(text), marks) if marks else None


def _marks(text: str, phrases: Collection[Phrase]) -> Iterator[_Mark]:
    """Find the phrases, a longer one before one that it holds; none overlaps another."""
    if not phrases:
        return
    ordered = sorted(set(phrases), key=len, reverse=True)
    ways = "|".join(_BETWEEN.join(map(re.escape, phrase)) for phrase in ordered)
    folded, places = _folded(text)
    for found in re.finditer(rf"(?<![^\W_])(?:{ways})(?![^\W_])", folded):
        start, end = places[found.start()], places[found.end() - 1] + 1
        yield _Mark(start, end, tuple(_WORDS.findall(found[0])))


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """Fold, and tell for each folded letter which letter of the text it comes from."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded, range(len(text))
    letters = list(map(fold, text))
    return folded, [at for at, letter in enumerate(letters) for _ in letter]


def _near(marks: Sequence[_Mark], first: int) -> list[_Mark]:
    """Give the marks that fit in one passage, from the `first` on."""
    limit = marks[first].start + _LENGTH - _BEFORE
    following = islice(marks, first + 1, None)
    return [marks[first], *takewhile(lambda mark: mark.end <= limit, following)]


def _told(marks: Sequence[_Mark], first: int) -> tuple[int, int]:
    near = _near(marks, first)
    return len({mark.phrase for mark in near}), len(near)


def _start(text: str, at: int, latest: int) -> int:
    """Begin with a whole word; with a sentence, where one begins there."""
    if at == 0:
        return 0
    sentence = max(text.rfind(end, at, latest) for end in (". ", "! ", "? ", "… "))
    if sentence >= 0:
        return sentence + 2
    space = text.find(" ", at, latest)
    return space + 1 if space >= 0 else at


def _end(text: str, at: int) -> int:
    """End with a whole word."""
    space = text.find(" ", at)
    return space if 0 <= space <= at + _LONGEST_WORD else min(len(text), at + _LONGEST_WORD)


def _with_marks(text: str, start: int, end: int, marks: Sequence[_Mark]) -> str:
    written, at = [], start
    for mark in marks:
        written.append(html.escape(text[at : mark.start]))
        written.append(f"<mark>{html.escape(text[mark.start : mark.end])}</mark>")
        at = mark.end
    return "".join([*written, html.escape(text[at:end])])
