"""The embedded index and the cluster agree: on what is found and on every count exactly, and on the
order but where two articles score nearly alike.

Nearly, because both reckon with documents that nobody finds: Tantivy's rarity of a word (idf) and
mean length of a text count earlier versions and the registry's records, Lucene's count articles
alone, and both count what was replaced until it is merged away. So scores differ by a factor that
is not quite the same for each word. Of a paper in which nothing was changed an article may stand
above one whose score is at most 1 % of the best one's higher; where every tenth article was
corrected and every twentieth retracted, 6 %. (300 questions came to 0.5 % and 3.5 %.)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from services.archive.catalogue import queries
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.filters import Filters
from services.archive.catalogue.reading import read
from services.archive.catalogue.registry import Registry
from services.archive.cluster.engine import ClusterEngine
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.engine.contract import Engine, Hit
from services.archive.engine.documents import FACETS
from services.archive.engine.query import Query
from services.archive.language.question import read_question
from tests.archive.cluster.paper import Paper

pytestmark = pytest.mark.xdist_group("opensearch")

SHOWN = 20
BATCH = 500
ALL = 10_000


@dataclass
class Both:
    """The same paper on both engines."""

    paper: Paper
    embedded: EmbeddedEngine
    cluster: ClusterEngine

    def query(self, typed: str, filters: Filters) -> Query:
        names = Registry(self.embedded).names
        return queries.ranked(read(read_question(typed), names), filters, names)


def fill(engine: Engine, paper: Paper) -> None:
    engine.name({unit.key: unit for unit in paper.units}, {})
    for start in range(0, len(paper.changes), BATCH):
        engine.take(paper.changes[start : start + BATCH], {})


def on_both(folder: Path, cluster: str, name: str, paper: Paper) -> Iterator[Both]:
    both = Both(paper, EmbeddedEngine(folder), ClusterEngine([cluster], name))
    fill(both.embedded, paper)
    fill(both.cluster, paper)
    httpx2.post(f"{cluster}/{name}-*/_refresh").raise_for_status()
    yield both
    both.embedded.close()
    both.cluster.close()


@pytest.fixture(scope="module")
def changed(tmp_path_factory, cluster):
    paper = Paper(2000, changed=True)
    yield from on_both(tmp_path_factory.mktemp("changed"), cluster, "changed", paper)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory, cluster):
    paper = Paper(1000, changed=False)
    yield from on_both(tmp_path_factory.mktemp("unchanged"), cluster, "unchanged", paper)


def ids(hits: Sequence[Hit]) -> list[bytes]:
    """Read no more of the records than their beginnings."""
    assert all(hit.record.startswith(b'{"id":"') for hit in hits)
    return [hit.record[7:43] for hit in hits]


def order_differs_by(embedded: Sequence[Hit], cluster: Sequence[Hit]) -> float:
    """Say by which part of the best one's score an article stands too far up in the cluster: it
    is looked at with the embedded index's scores."""
    scores = dict(zip(ids(embedded), (hit.score for hit in embedded), strict=True))
    best = max(scores.values(), default=0) or 1
    # What the cluster shows and the embedded index does not, comes after its last one.
    last = min(scores.values(), default=0)
    there = [scores.get(each, last) for each in ids(cluster)]
    worst, lowest = 0.0, best
    for score in there:
        worst = max(worst, score - lowest)
        lowest = min(lowest, score)
    return worst / best


def compare(both: Both, questions: int) -> float:
    worst = 0.0
    for typed, filters in both.paper.questions(questions):
        query = both.query(typed, filters)
        one, other = both.embedded.view(), both.cluster.view()
        counts = one.counts(query, FACETS, ALL)
        assert counts == other.counts(query, FACETS, ALL), (typed, filters)
        best = one.best(query, SHOWN), other.best(query, SHOWN)
        assert len(best[0]) == len(best[1])
        if len(best[0]) < SHOWN:
            assert set(ids(best[0])) == set(ids(best[1])), (typed, filters)
        else:
            assert ids(one.latest(query, SHOWN)) == ids(other.latest(query, SHOWN))
        worst = max(worst, order_differs_by(*best))
    return worst


def test_both_agree_on_a_thousand_questions(changed):
    assert compare(changed, 1000) < 0.06


def test_where_nothing_was_changed_they_agree_more_closely(unchanged):
    assert compare(unchanged, 150) < 0.01


def test_both_tell_of_the_same_related_news(changed):
    one, other = (
        Catalogue(engine, Registry(engine)) for engine in (changed.embedded, changed.cluster)
    )
    for asking in changed.paper.articles[::50]:
        here, there = one.related(asking, 10), other.related(asking, 10)
        known = {each.article.id: each.score for each in here}
        shared = [each for each in there if each.article.id in known]
        assert len(shared) >= len(here) - 1
        for each in shared:
            assert each.score == pytest.approx(known[each.article.id], rel=0.1)
