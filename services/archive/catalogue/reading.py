"""A question with the units that it names: what is looked for, before any filter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from services.archive.catalogue.registry import Names
from services.archive.language.question import Clause, Phrase, Question


@dataclass(frozen=True)
class Named:
    """Words that name units."""

    typed: tuple[Clause, ...]
    codes: frozenset[str]
    """The units', and their predecessors'."""
    names: tuple[Phrase, ...]
    """What texts call them."""


@dataclass(frozen=True)
class Reading:
    """What must be there and what must not."""

    wanted: tuple[Clause | Named, ...] = ()
    unwanted: tuple[Clause, ...] = ()

    @property
    def typed(self) -> list[Clause]:
        """All clauses that must be there, as they were typed."""
        parts = (each.typed if isinstance(each, Named) else (each,) for each in self.wanted)
        return [clause for part in parts for clause in part]

    @property
    def phrases(self) -> list[Phrase]:
        """All that is looked for in texts."""
        names = [name for each in self.wanted if isinstance(each, Named) for name in each.names]
        typed = [phrase for each in self.typed for phrase in (each.words, *each.others)]
        return [*typed, *names]


def read(question: Question, names: Names) -> Reading:
    """Find the units that a question names, by the longest of their names that stands there."""
    wanted: list[Clause | Named] = []
    for quoted, run in groupby(question.wanted, key=lambda clause: clause.quoted):
        clauses = list(run)
        # What is quoted stands for itself: it is no part of a longer name.
        for part in [[each] for each in clauses] if quoted else [clauses]:
            wanted += _with_names(part, names)
    return Reading(tuple(wanted), question.unwanted)


def _with_names(clauses: Sequence[Clause], names: Names) -> Iterator[Clause | Named]:
    at = 0
    while at < len(clauses):
        named = _named_first(clauses[at : at + names.most_words], names)
        yield named or clauses[at]
        at += len(named.typed) if named else 1


def _named_first(clauses: Sequence[Clause], names: Names) -> Named | None:
    for size in range(len(clauses), 0, -1):
        typed = tuple(clauses[:size])
        codes = names.called(tuple(word for clause in typed for word in clause.words))
        if codes:
            return Named(typed, codes, tuple(names.names_of(codes)))
    return None
