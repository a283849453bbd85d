"""Search: a page of what a question finds, what it can be narrowed to, and what may be meant."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from pydantic_core import from_json

from services.archive.catalogue import queries
from services.archive.catalogue.catalogue import Found
from services.archive.catalogue.correcting import corrections, with_marks
from services.archive.catalogue.filters import Filters, SearchRequest
from services.archive.catalogue.reading import Reading, read
from services.archive.catalogue.registry import Registry
from services.archive.engine.contract import Engine, View
from services.archive.engine.contract import Hit as Record
from services.archive.engine.documents import FACETS
from services.archive.engine.query import All, Published, Query, Unscored
from services.archive.language.question import Phrase, read_question, rewritten
from services.common.instants import instant

_VALUES = 50  # of one facet
_BUCKETS = 5000  # more than there are units, as the counts of many may become one's
# Further than this nobody reads by relevance; a search engine would have to keep count of it all.
_DEEPEST = 10_000
_MOVED = 50  # places that articles are looked for ahead: those before may have been taken back
_FEW = 3  # hits: with fewer, something else may be meant
_BETTER = 10  # times as many hits, for it to be worth saying


@dataclass(frozen=True)
class Answer:
    """A page of hits."""

    found: Found
    next: str | None = None
    """The cursor of the next page."""
    phrases: Sequence[Phrase] = ()
    """What was looked for in texts."""
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    did_you_mean: str | None = None


class Search:
    """Answers searches; may be asked from any thread. Calls raise EngineFailed."""

    def __init__(self, engine: Engine, registry: Registry) -> None:
        self._engine = engine
        self._registry = registry

    def find(self, asked: SearchRequest) -> Answer:
        """Give a page; all of it is made from one view of the index."""
        view, names = self._engine.view(), self._registry.names
        reading = read(asked.question, names)
        # To count all that is found takes as long as to find the best: side by side.
        with ThreadPoolExecutor(1) as beside:
            facets = beside.submit(self._facets, view, reading, asked)
            if asked.by_time:
                found, following = _by_time(view, queries.found(reading, asked, names), asked)
            else:
                found, following = _by_relevance(view, queries.ranked(reading, asked, names), asked)
        few = not asked.cursor and not found.more and len(found.hits) < _FEW
        return Answer(
            found,
            following,
            reading.phrases,
            facets.result(),
            self._meant(view, asked, len(found.hits)) if few else None,
        )

    def _facets(
        self, view: View, reading: Reading, filters: Filters
    ) -> Mapping[str, Mapping[str, int]]:
        """Count the values of each facet in what the question and the other filters leave: as many
        as a list that is narrowed to the value would show. So a value that was chosen can be
        exchanged for another, and a unit's count holds its predecessors' articles."""
        names = self._registry.names
        given = [name for name in FACETS if getattr(filters, name)]
        free = [name for name in FACETS if name not in given]
        counts = dict(view.counts(queries.found(reading, filters, names), free, _BUCKETS))
        for name in given:
            query = queries.found(reading, filters.without(name), names)
            counts |= view.counts(query, [name], _BUCKETS)
        return {
            name: names.counted(counts[name], _VALUES)
            if name == "unit"
            else dict(islice(counts[name].items(), _VALUES))
            for name in FACETS
        }

    def _meant(self, view: View, asked: SearchRequest, hits: int) -> str | None:
        """Put a slip in the question right, if that finds much more."""
        names = self._registry.names
        question = asked.question
        words = tuple(word for clause in question.wanted for word in clause.words)
        for corrected in corrections(words, view):
            bare = rewritten(question, corrected)
            query = queries.found(read(read_question(bare), names), asked, names)
            if view.total(query) >= max(1, _BETTER * hits):
                marked = any(clause.marked for clause in question.wanted)
                return rewritten(question, with_marks(words, corrected, view)) if marked else bare
        return None


def _by_time(view: View, query: Query, asked: SearchRequest) -> tuple[Found, str | None]:
    records = view.latest(query, asked.limit + 1, asked.cursor)
    found = Found.of(records, asked.limit)
    return found, found.next


def _by_relevance(view: View, query: Query, asked: SearchRequest) -> tuple[Found, str | None]:
    passed = asked.passed
    records = view.best(query, asked.limit + 1) if not asked.cursor else _rest(view, query, asked)
    found = Found.of(records, asked.limit, scored=True)
    after = passed.after(hit.article.id for hit in found.hits)
    return found, str(after) if found.more and after.count < _DEEPEST else None


def _rest(view: View, query: Query, asked: SearchRequest) -> list[Record]:
    """Give what follows the pages before, and one more than a page."""
    passed = asked.passed
    # What arrives meanwhile is for who asks anew.
    earlier = All([query, Unscored(Published(None, instant(passed.as_of)))])
    wanted = len(passed.seen) + asked.limit + 1 + _MOVED
    ranked = view.best(earlier, wanted, passed.first)
    ids = [UUID(from_json(each.record)["id"]) for each in ranked]
    return [ranked[at] for at in passed.following(ids)[: asked.limit + 1]]
