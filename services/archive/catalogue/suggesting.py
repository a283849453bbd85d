"""Suggestions while a reader types: names that the registry has, and what current articles say.

What is counted, is counted in articles that stand now: a word that only an article had that was
taken back is never suggested.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

from services.archive.catalogue import queries
from services.archive.catalogue.filters import Filters
from services.archive.catalogue.reading import read
from services.archive.catalogue.registry import Names, Registry
from services.archive.engine.contract import Engine, View
from services.archive.engine.query import Query
from services.archive.language.marks import WRITTEN_WORD
from services.archive.language.numbers import as_number, slug_prefix
from services.archive.language.phrases import beginnings, written
from services.archive.language.question import read_question
from services.common.text import folded_words

Kind = Literal["unit", "column", "campaign", "document", "phrase"]

_LEAST = 3  # letters, before it is asked what headlines say: fewer begin half of all words
_MOST_WORDS = 12  # typed; more were pasted
_SIZES = (3, 2, 1)  # of what is completed, in words
_LOOKED_AT = 40
_LONGER = 0.8  # of the articles that have a phrase: then the longer phrase is what they speak of
_NAMES, _DOCUMENTS = 4, 4
_NOWHERE = 1_000_000
_NUMBER = re.compile(r"(?:^|\s)(\d{2}\S*)$")


@dataclass(frozen=True)
class Suggestion:
    """What may be meant; `code` names what it is, but for a phrase."""

    text: str
    kind: Kind
    code: str | None = None


class Suggestions:
    """Completes what is typed; may be asked from any thread. Calls raise EngineFailed."""

    def __init__(self, engine: Engine, registry: Registry) -> None:
        self._engine = engine
        self._registry = registry

    def of(self, typed: str, limit: int) -> list[Suggestion]:
        """Complete what was `typed`: the likeliest first, at most `limit`."""
        typed = unicodedata.normalize("NFC", typed).lstrip()
        view, names = self._engine.view(), self._registry.names
        found = itertools.chain(
            itertools.islice(_names(typed, names), _NAMES),
            itertools.islice(_documents(typed, view), _DOCUMENTS),
            _phrases(typed, view, names),
        )
        return list(itertools.islice(_new(found, typed), limit))


def _new(found: Iterable[Suggestion], typed: str) -> Iterator[Suggestion]:
    """Leave out what is there already, or stands before."""
    told = {typed.strip().lower()}
    for suggestion in found:
        if suggestion.text.lower() not in told:
            told.add(suggestion.text.lower())
            yield suggestion


def _names(typed: str, names: Names) -> Iterator[Suggestion]:
    """Find names in which what was typed begins a word: those that begin with it first."""
    begun = " " + " ".join(folded_words(typed))
    if len(begun) < _LEAST:
        return
    known = [
        *(
            (unit.all_names(), Suggestion(unit.name, "unit", code))
            for code, unit in names.units.items()
        ),
        *(({name}, Suggestion(name, "column", slug)) for slug, name in names.columns.items()),
        *(({c.name}, Suggestion(c.name, "campaign", slug)) for slug, c in names.campaigns.items()),
    ]
    places = (
        (min(_place(begun, name) for name in called), len(each.text), each.text, each)
        for called, each in known
    )
    yield from (
        each for place, _, _, each in sorted(places, key=itemgetter(0, 1, 2)) if place < _NOWHERE
    )


def _place(begun: str, name: str) -> int:
    place = (" " + " ".join(folded_words(name))).find(begun)
    return place if place >= 0 else _NOWHERE


def _documents(typed: str, view: View) -> Iterator[Suggestion]:
    if number := _NUMBER.search(typed):
        begun = slug_prefix(number[1])
        for slug, _ in view.vocabulary("number", begun, queries.current(), _DOCUMENTS):
            yield Suggestion(as_number(slug), "document", slug)


def _phrases(typed: str, view: View, names: Names) -> Iterator[Suggestion]:
    """Complete the last words to phrases of headlines, in articles that have the words before."""
    words = list(WRITTEN_WORD.finditer(typed))
    if len(words) > _MOST_WORDS:
        return
    for size in _SIZES:
        if size <= len(words):
            first = words[-size].start()
            before = [word[0] for word in words[:-size]]
            query = queries.found(read(read_question(" ".join(before)), names), Filters(), names)
            for phrase in _completed(typed[first:], query, view):
                yield Suggestion(typed[:first] + phrase, "phrase")


def _completed(begun: str, query: Query, view: View) -> list[str]:
    prefix = " ".join(folded_words(begun)) + (" " if begun[-1:].isspace() else "")
    if len(prefix) < _LEAST:
        return []
    counts = {
        written(value): count
        for beginning in beginnings(prefix)
        for value, count in view.vocabulary("phrase", beginning, query, _LOOKED_AT)
    }
    whole = [phrase for phrase in counts if not _is_part(phrase, counts)]
    # `bàn` completes to what is written so, before what is written with other marks.
    as_typed = begun.lower()
    return sorted(whole, key=lambda each: (not each.startswith(as_typed), -counts[each], len(each)))


def _is_part(phrase: str, counts: Mapping[str, int]) -> bool:
    """Whether a longer phrase says what nearly all articles with this one mean."""
    longer = (count for other, count in counts.items() if other.startswith(f"{phrase} "))
    return counts[phrase] > 1 and max(longer, default=0) >= _LONGER * counts[phrase]
