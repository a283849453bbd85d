"""What is known of an article must not depend on the order in which its versions come."""

from itertools import permutations

from schemas.article import Article
from services.archive.articles.history import History, newest, with_version, without_version
from tests.factories import article, erasure, retraction

FIRST = article()
SECOND = article(id=FIRST.id, version=2, headline="Bản sửa")
END = retraction(FIRST.id, version=3)


RECORD = erasure(FIRST.id, version=4)


def after(*versions: Article) -> History:
    history: History = {}
    for version in versions:
        history = with_version(history, version)
    return history


def test_an_erasure_ends_the_same_in_every_order_and_no_erased_text_comes_back():
    changes: list[Article | int] = [FIRST, SECOND, END, RECORD, 1, 2, 3]
    for order in permutations(changes):
        history: History = {}
        gone: set[int] = set()
        for each in (*order, *order):
            if isinstance(each, int):
                history = without_version(history, each)
                gone |= {each}
            else:
                history = with_version(history, each)
                gone |= {1, 2, 3} if each.erased else set()
            assert not [number for number, text in history.items() if text and number in gone]
        assert history == {4: RECORD}


def test_a_tombstone_for_a_version_that_never_was_does_not_hide_the_record():
    assert newest(with_version(without_version({}, 99), RECORD)) == RECORD


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
    assert without_version(after(FIRST, SECOND), 1) == {1: None, 2: SECOND}


def test_nothing_stands_once_every_version_is_erased():
    assert newest(without_version(after(FIRST), 1)) is None
