"""What is known of an article must not depend on the order in which its versions come."""

from itertools import permutations

from schemas.article import Article
from services.archive.history import History, newest, with_version, without_version
from tests.factories import article, retraction

FIRST = article()
SECOND = article(id=FIRST.id, version=2, headline="Bản sửa")
END = retraction(FIRST.id, version=3)


def after(*versions: Article) -> History:
    history: History = {}
    for version in versions:
        history = with_version(history, version)
    return history


def test_the_newest_version_stands():
    assert newest(after(FIRST, SECOND)) == SECOND


def test_a_late_older_version_goes_into_the_history_only():
    history = after(SECOND, FIRST)
    assert newest(history) == SECOND
    assert set(history) == {1, 2}


def test_a_repeated_version_changes_nothing():
    history = after(FIRST)
    assert with_version(history, article(id=FIRST.id, headline="Khác")) is history


def test_versions_in_any_order_give_the_same_history():
    outcomes = [after(*versions) for versions in permutations([FIRST, SECOND, END])]
    assert all(outcome == {3: END} for outcome in outcomes)


def test_an_erased_version_is_forgotten():
    assert without_version(after(FIRST, SECOND), 1) == {2: SECOND}


def test_nothing_stands_once_every_version_is_erased():
    assert newest(without_version(after(FIRST), 1)) is None
