"""What differs between two versions, for people: fields by their values, text by its passages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any

from services.common.said import said
from services.ingest.submission import Change
from services.ingest.text.body import clean_body, text_of

_TEXTS = ("lead", "body")
# Told of the version itself, not as a difference.
_TOLD = {"correction_note", "change", *_TEXTS}

# Comparing takes the square of the number of pieces: beyond this, larger pieces are compared.
_MOST_PIECES = 1000
_CONTEXT = 6  # words
_GAP = 2  # words between two changes that are read as one
_MOST_PASSAGES = 50
_MOST_CHARACTERS = 1000  # of what a passage shows

_ENDS = (".", "!", "?", "…", ":", ";")


@dataclass(frozen=True)
class Block:
    """Words `old_from` to `old_to` became words `new_from` to `new_to`."""

    old_from: int
    old_to: int
    new_from: int
    new_to: int

    def moved(self, by: int) -> "Block":
        """The same, where as many words stand before both texts."""
        return Block(self.old_from + by, self.old_to + by, self.new_from + by, self.new_to + by)

    def to(self, other: "Block") -> "Block":
        """All from this one to the end of `other`."""
        return Block(self.old_from, other.old_to, self.new_from, other.new_to)


def differences(before: Change, after: Change) -> list[dict[str, Any]]:
    """List the fields that differ: short ones with both values, text with what changed in it."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    changed = [name for name in new if name not in _TOLD and old[name] != new[name]]
    fields = [{"field": name, "before": old[name], "after": new[name]} for name in changed]
    if before.lead != after.lead:
        fields.append(_text("lead", before.lead, after.lead))
    if (before.body, before.body_format) != (after.body, after.body_format):
        fields.append(_text("body", _plain(before), _plain(after)))
    return fields


def passages(before: str, after: str) -> list[dict[str, str]]:
    """Find what was removed and added, each with some words before and after it."""
    old, new = before.split(), after.split()
    blocks = _joined(_blocks(old, new))
    return [_passage(block, old, new) for block, _ in zip(blocks, range(_MOST_PASSAGES))]  # noqa: B905


def _text(field: str, before: str, after: str) -> dict[str, Any]:
    found = passages(before, after)
    if not found:
        return {"field": field, "passages": [], "detail": said("only the markup has changed")}
    return {"field": field, "passages": found}


def _plain(version: Change) -> str:
    return text_of(clean_body(version.body, version.body_format).html)


def _blocks(old: list[str], new: list[str]) -> Iterable[Block]:
    """Compare what is left between the common beginning and the common end."""
    begin = _common(old, new)
    end = _common(old[begin:][::-1], new[begin:][::-1])
    old, new = old[begin : len(old) - end], new[begin : len(new) - end]
    if len(old) <= _MOST_PIECES and len(new) <= _MOST_PIECES:
        blocks = _compared([[word] for word in old], [[word] for word in new])
    else:
        old_pieces, new_pieces = list(_sentences(old)), list(_sentences(new))
        if len(old_pieces) > _MOST_PIECES or len(new_pieces) > _MOST_PIECES:
            blocks = [Block(0, len(old), 0, len(new))]
        else:
            blocks = _compared(old_pieces, new_pieces)
    return (block.moved(begin) for block in blocks)


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _sentences(words: list[str]) -> Iterator[list[str]]:
    sentence: list[str] = []
    for word in words:
        sentence.append(word)
        if word.endswith(_ENDS):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _compared(old: list[list[str]], new: list[list[str]]) -> list[Block]:
    old_at, new_at = _places(old), _places(new)
    matcher = SequenceMatcher(None, list(map(tuple, old)), list(map(tuple, new)))
    return [
        Block(old_at[i1], old_at[i2], new_at[j1], new_at[j2])
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def _places(pieces: list[list[str]]) -> list[int]:
    """Tell with which word each piece begins, and where the last one ends."""
    places = [0]
    for piece in pieces:
        places.append(places[-1] + len(piece))
    return places


def _joined(blocks: Iterable[Block]) -> Iterator[Block]:
    last: Block | None = None
    for block in blocks:
        if last and block.old_from - last.old_to <= _GAP:
            last = last.to(block)
            continue
        if last:
            yield last
        last = block
    if last and last != Block(last.old_from, last.old_from, last.new_from, last.new_from):
        yield last


def _passage(block: Block, old: list[str], new: list[str]) -> dict[str, str]:
    return {
        "before": " ".join(old[max(0, block.old_from - _CONTEXT) : block.old_from]),
        "removed": _shown(old[block.old_from : block.old_to]),
        "added": _shown(new[block.new_from : block.new_to]),
        "after": " ".join(old[block.old_to : block.old_to + _CONTEXT]),
    }


def _shown(words: list[str]) -> str:
    text = " ".join(words)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
