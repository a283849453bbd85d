"""What was erased is in no answer and, soon, in no file of the cluster."""

import pytest

from services.archive.articles.changes import Erased
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.registry import Registry
from tests.archive.test_erasure import (
    MARK,
    marked,
    test_a_retracted_article_can_be_erased,  # noqa: F401 - holds here too
    test_a_version_comes_not_back_after_its_tombstone,  # noqa: F401
    test_readers_find_nothing_but_that_it_is_gone,  # noqa: F401
)
from tests.factories import article, erasure

pytestmark = pytest.mark.xdist_group("opensearch")


def test_its_words_go_and_everything_else_stays(engine):
    catalogue = Catalogue(engine, Registry(engine))
    one, others = marked(), [article() for _ in range(20)]
    engine.take([one, *others], {})
    engine.take([article(id=one.id, version=2, headline=MARK)], {})
    engine._tidy()  # nothing was erased: nothing is done
    assert engine.view().frequencies("words", [MARK]) == {MARK: 2}

    engine.take([erasure(one.id, 3), Erased(one.id, 1), Erased(one.id, 2)], {})
    engine._tidy()
    assert engine.view().frequencies("words", [MARK]) == {MARK: 0}
    assert catalogue.count() == len(others)
    assert all(catalogue.article(each.id) == each for each in others)
    erased = catalogue.article(one.id)
    assert erased is not None
    assert erased.erased
