"""What a reader typed into the search box: words, "phrases", and -what must not be there."""

import re
from dataclasses import dataclass

from services.common.said import Said, said
from services.common.text import folded_words

_TOKEN = re.compile(r'(?P<without>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')

Phrase = tuple[str, ...]
"""Folded words that stand side by side; one or more."""


class MalformedQuestion(Exception):
    """The question can't be read; `position` counts characters from 0."""

    def __init__(self, detail: Said, position: int) -> None:
        super().__init__(detail)
        self.detail = detail
        self.position = position


@dataclass(frozen=True)
class Question:
    """What must be there and what must not."""

    wanted: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """All words that are looked for."""
        return frozenset(word for phrase in self.wanted for word in phrase)


def read_question(text: str) -> Question:
    """Read what was typed. Raises MalformedQuestion."""
    if text.count('"') % 2:
        position = text.rindex('"')
        detail = said(
            "the quotation mark at character {position} has no partner", position=position
        )
        raise MalformedQuestion(detail, position)
    wanted: list[Phrase] = []
    unwanted: list[Phrase] = []
    for token in _TOKEN.finditer(text):
        # A number such as 4314/TCHQ-TXNK is several folded words: they belong side by side.
        if phrase := tuple(folded_words(token["phrase"] or token["word"] or "")):
            (unwanted if token["without"] else wanted).append(phrase)
    if text.strip() and not (wanted or unwanted):
        raise MalformedQuestion(said("there is no word in it"), 0)
    return Question(tuple(wanted), tuple(unwanted))
