"""What a reader typed into the search box: words, "phrases", and -what must not be there."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from services.archive.language.marks import with_marks
from services.archive.language.numbers import as_slug, typed_citations
from services.common.said import Said, said
from services.common.text import folded_words

MOST_WORDS = 120
"""More than anyone can type by hand in the 500 characters that there are, but for letters alone."""

# Telephones and word processors put these where a keyboard has one key.
_TYPED = str.maketrans(dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("−", "-"))
# A hyphen is a minus at the beginning of a word only: not in `E-C/O`, nor alone between two.
_TOKEN = re.compile(r'(?P<without>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
# Goods' codes in the customs tariff: 8517.12.00, 8517.12, 85171200.
_HS = re.compile(r"(\d{4})\.(\d\d)(?:\.?(\d\d))?|(\d{4})(\d\d)(\d\d)")

Phrase = tuple[str, ...]
"""Folded words that stand side by side; one or more."""


class MalformedQuestion(Exception):
    """The question can't be read; `position` counts characters from 1."""

    def __init__(self, detail: Said, position: int) -> None:
        super().__init__(detail)
        self.detail = detail
        self.position = position


@dataclass(frozen=True)
class Clause:
    """Words that belong together: `words`, or one of the `others`, which write the same."""

    words: Phrase
    others: tuple[Phrase, ...] = ()
    quoted: bool = False
    number: str | None = None
    """The slug of the document that they name."""
    marked: tuple[str, ...] = ()
    """Those of the words that were typed with marks (see `marks`)."""
    typed: str = field(default="", compare=False)


@dataclass(frozen=True)
class Question:
    """What must be there and what must not."""

    wanted: tuple[Clause, ...] = ()
    unwanted: tuple[Clause, ...] = ()


@lru_cache(256)  # a request reads its own several times
def read_question(text: str) -> Question:
    """Read what was typed. Raises MalformedQuestion."""
    typed = unicodedata.normalize("NFC", text).translate(_TYPED)
    if typed.count('"') % 2:
        position = typed.rindex('"') + 1
        detail = said(
            "the quotation mark at character {position} has no partner", position=position
        )
        raise MalformedQuestion(detail, position)
    wanted: list[Clause] = []
    unwanted: list[Clause] = []
    words = 0
    for position, unwelcome, clause in _clauses(typed):
        words += len(clause.words)
        if words > MOST_WORDS:
            detail = said(
                "has more than {most} words up to character {position}",
                most=MOST_WORDS,
                position=position,
            )
            raise MalformedQuestion(detail, position)
        (unwanted if unwelcome else wanted).append(clause)
    if typed.strip() and not words:
        raise MalformedQuestion(said("there is no word in it"), 1)
    return Question(tuple(wanted), tuple(unwanted))


def rewritten(question: Question, instead: Mapping[int, Phrase]) -> str:
    """Write a question out, with other words for those of its wanted words that stand at the
    places told."""
    written, at = [], 0
    for clause in question.wanted:
        places = range(at, at + len(clause.words))
        at = places.stop
        if instead.keys().isdisjoint(places):
            written.append(clause.typed)
        else:
            words = [instead.get(place, (clause.words[place - places.start],)) for place in places]
            text = " ".join(word for each in words for word in each)
            written.append(f'"{text}"' if clause.quoted else text)
    return " ".join([*written, *(f"-{clause.typed}" for clause in question.unwanted)])


def _clauses(typed: str) -> Iterator[tuple[int, bool, Clause]]:
    """Give each clause with its place, and whether it has a minus."""
    numbers = {found.start: found for found in typed_citations(typed)}
    place = 0
    while token := _TOKEN.search(typed, place):
        place = token.end()
        number = numbers.get(token.start("word"))
        if number:
            # A number typed with spaces in it is one word all the same.
            place = number.end
            made = _clause(typed[number.start : number.end], number=number.slug)
        elif token["phrase"] is not None:
            made = _clause(token["phrase"], quoted=True, number=as_slug(token["phrase"]))
        else:
            made = _clause(token["word"])
        if made.words:
            yield token.start() + 1, bool(token["without"]), made


def _clause(text: str, *, quoted: bool = False, number: str | None = None) -> Clause:
    return Clause(
        words=tuple(folded_words(text)),
        others=tuple(_other_ways(text)),
        quoted=quoted,
        number=number,
        marked=tuple(with_marks(text)),
        typed=f'"{text}"' if quoted else text,
    )


def _other_ways(text: str) -> Iterator[Phrase]:
    code = _HS.fullmatch(text.strip(".,;"))
    if code:
        parts = tuple(part for part in code.groups() if part)
        yield from {parts, ("".join(parts),)} - {tuple(folded_words(text))}
