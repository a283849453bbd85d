"""What a search asks the engine, as far as its speed depends on it."""

from datetime import timedelta
from random import Random

import pytest

from schemas.article import Article
from services.archive.catalogue import queries
from services.archive.catalogue.filters import Filters
from services.archive.catalogue.reading import Reading, read
from services.archive.catalogue.registry import Names
from services.archive.embedded import view
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.engine.documents import place_in_order
from services.archive.engine.query import All, Phrase, Term, Unscored
from services.archive.language.question import read_question
from tests.factories import NOON, article


def found(typed: str) -> All:
    return queries.found(read(read_question(typed), Names()), Filters(), Names())


def test_two_words_side_by_side_are_looked_for_as_the_pair_that_they_are():
    assert found('"thông quan"').queries == [Term("pairs", "thong_quan")]


def test_a_longer_phrase_is_looked_for_only_where_all_of_its_pairs_stand():
    assert found('"cảng Hải Phòng"').queries == [
        All(
            [
                Term("pairs", "cang_hai"),
                Term("pairs", "hai_phong"),
                Unscored(Phrase("words", ("cang", "hai", "phong"))),
            ]
        )
    ]


def test_who_asks_for_nothing_gets_all_that_stands():
    assert queries.found(Reading(), Filters(), Names()).queries == [
        Unscored(All([queries.current()]))
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 6], ids=lambda limit: f"{limit} on a page")
def test_pages_by_time_lose_and_repeat_nothing_that_was_published_at_one_moment(tmp_path, limit):
    engine = EmbeddedEngine(tmp_path / "index")
    minutes = [0, 1, 1, 1, 2, 3]
    times = [NOON + timedelta(minutes=each) for each in minutes]
    articles = [article(published=time, updated=time) for time in times]
    engine.take(articles, {})

    shown: list[str] = []
    after = None
    while hits := engine.view().latest(queries.current(), limit, after):
        kept = [Article.model_validate_json(hit.record) for hit in hits]
        shown += [str(each.id) for each in kept]
        after = place_in_order(kept[-1].published, kept[-1].id)
    engine.close()

    assert shown == [str(each.id) for each in reversed(articles)]


def test_no_page_repeats_another_though_more_fit_alike_than_are_looked_at(engine, monkeypatch):
    monkeypatch.setattr(view, "_MOST_ALIKE", 50)
    chance = Random(1)
    times = [NOON + timedelta(minutes=chance.randrange(1000)) for _ in range(130)]
    engine.take([article(published=each) for each in times], {})
    asked = engine.view()
    pages = [asked.best(found("thông quan"), 10, at) for at in range(0, 130, 10)]
    assert len({hit.record for page in pages for hit in page}) == 130
