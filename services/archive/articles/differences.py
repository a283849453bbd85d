"""What differs between two versions: fields by their values, texts word by word. Pure.

Paragraphs are matched first, then the words of those that changed: both by their longest common
subsequence. rapidfuzz finds it with 64 cells of the table at once, so that a hostile text costs
milliseconds; difflib's worst case grows with the cube. What is larger still is shown as a whole.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from rapidfuzz.distance import LCSseq

from schemas.article import Article
from services.archive.language.paragraphs import paragraphs_in, paragraphs_of

# What the version itself says, and texts.
_TOLD = {"version", "updated", "change", "correction_note"}
_TEXTS = {"headline", "lead", "body"}

_MOST_CELLS = 25_000_000  # of the table of two texts: 3 MB, and as many milliseconds
_MOST_PAIRS = 400  # of paragraphs that are compared with each other, to see which became which
_MOST_WORDS = 20_000  # in those paragraphs
_ALIKE = 0.4  # of their words are the same: one became the other
_GAP = 2  # words between two changes that are read as one

Op = Literal["same", "inserted", "deleted"]


@dataclass(frozen=True)
class Part:
    """Words side by side that have the same fate."""

    op: Op
    text: str


Paragraph = Sequence[Part]


@dataclass(frozen=True)
class TextChange:
    """The paragraphs of a text that changed, in order; none where only its markup did."""

    field: Literal["headline", "lead", "body"]
    paragraphs: Sequence[Paragraph]


@dataclass(frozen=True)
class FieldChange:
    """A field that is no text, with both values as JSON."""

    field: str
    before: object
    after: object


@dataclass(frozen=True)
class Differences:
    """What changed since `version`."""

    version: int
    fields: Sequence[FieldChange]
    texts: Sequence[TextChange]


@dataclass(frozen=True)
class _Block:
    """`old` became `new`; the one or the other may be empty."""

    old: Sequence[str]
    new: Sequence[str]


def differences(before: Article, after: Article) -> Differences:
    """Compare two versions, in what readers may see of them."""
    old, new = before.for_the_public(), after.for_the_public()
    changed = [name for name in new if old.get(name) != new[name]]
    fields = [
        FieldChange(name, old.get(name), new[name])
        for name in changed
        if name not in _TOLD and name not in _TEXTS
    ]
    return Differences(before.version, fields, list(_texts(before, after)))


def changed_paragraphs(old: Sequence[str], new: Sequence[str]) -> list[Paragraph]:
    """Give the paragraphs that are not the same in both, in the order of reading."""
    return [
        paragraph
        for block in _blocks(old, new)
        if not isinstance(block, str)
        for paragraph in _rewritten(block)
    ]


def _texts(before: Article, after: Article) -> Iterator[TextChange]:
    if before.headline != after.headline:
        yield TextChange("headline", changed_paragraphs([before.headline], [after.headline]))
    if before.lead != after.lead:
        leads = paragraphs_in(before.lead), paragraphs_in(after.lead)
        yield TextChange("lead", changed_paragraphs(*leads))
    if before.body != after.body:
        bodies = paragraphs_of(before.body), paragraphs_of(after.body)
        yield TextChange("body", changed_paragraphs(*bodies))


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[str | _Block]:
    """Give each piece that is in both, and between them what became of the others."""
    begin = _common(old, new)
    end = _common(old[begin:][::-1], new[begin:][::-1])
    yield from old[:begin]
    yield from _matched(old[begin : len(old) - end], new[begin : len(new) - end])
    yield from old[len(old) - end :]


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[str | _Block]:
    i = j = 0
    if len(old) * len(new) <= _MOST_CELLS:
        for same in LCSseq.opcodes(old, new).as_matching_blocks():
            if (i, j) != (same.a, same.b):
                yield _Block(old[i : same.a], new[j : same.b])
            yield from old[same.a : same.a + same.size]
            i, j = same.a + same.size, same.b + same.size
    if (i, j) != (len(old), len(new)):
        yield _Block(old[i:], new[j:])


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _rewritten(block: _Block) -> Iterator[Paragraph]:
    """Say of paragraphs which became which; the others are gone, or new."""
    old = iter(enumerate(block.old))
    pairs = _pairs([each.split(" ") for each in block.old], [each.split(" ") for each in block.new])
    for j, text in enumerate(block.new):
        if j not in pairs:
            yield [Part("inserted", text)]
            continue
        for i, before in old:
            if i == pairs[j]:
                yield list(_parts(before.split(" "), text.split(" ")))
                break
            yield [Part("deleted", before)]
    for _, before in old:
        yield [Part("deleted", before)]


def _pairs(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> dict[int, int]:
    """Give, for a new paragraph, the old one that it was; neither crosses another pair."""
    words = sum(map(len, old)) + sum(map(len, new))
    if len(old) * len(new) > _MOST_PAIRS or words > _MOST_WORDS:
        both = range(min(len(old), len(new)))
        return {each: each for each in both if _likeness(old[each], new[each]) >= _ALIKE}
    pairs, first = {}, 0
    for j, after in enumerate(new):
        found = [(_likeness(old[i], after), -i) for i in range(first, len(old))]
        best, at = max(found, default=(0.0, 0))
        if best >= _ALIKE:
            pairs[j] = -at
            first = 1 - at
    return pairs


def _likeness(old: Sequence[str], new: Sequence[str]) -> float:
    """Give the share of words that are in both (Dice's coefficient)."""
    return 2 * (Counter(old) & Counter(new)).total() / (len(old) + len(new))


def _parts(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    """Tell the words of a paragraph; few words between two changes change with them."""
    same: list[str] = []
    gone: list[str] = []
    come: list[str] = []
    for block in _blocks(old, new):
        if isinstance(block, str):
            same.append(block)
            continue
        if len(same) > _GAP or not (gone or come):
            yield from _told(gone, come, same)
            gone, come = [], []
        else:
            gone += same
            come += same
        gone += block.old
        come += block.new
        same = []
    yield from _told(gone, come, same)


def _told(gone: list[str], come: list[str], same: list[str]) -> Iterator[Part]:
    told: list[tuple[Op, list[str]]] = [("deleted", gone), ("inserted", come), ("same", same)]
    yield from (Part(op, " ".join(words)) for op, words in told if words)
