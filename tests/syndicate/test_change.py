from itertools import permutations

from schemas.article import Article
from schemas.events import ArticleEvent
from services.common.ids import new_id
from services.syndicate.change import (
    Change,
    Held,
    Tombstone,
    after,
    feeds_touched,
    forgotten,
    settle,
)
from services.syndicate.feeds.families import feeds_of
from tests.factories import article, erasure, event, retraction

ID = new_id()


def held(of: Article) -> Held:
    return Held(of.version, of)


def test_the_first_version_seen_is_taken_whatever_its_number() -> None:
    third = article(version=3)
    assert after(None, event(third)) == held(third)


def test_a_newer_version_replaces_an_older_one() -> None:
    second = article(id=ID, version=2)
    assert after(held(article(id=ID)), event(second)) == held(second)


def test_the_same_and_older_versions_change_nothing() -> None:
    now = held(article(id=ID, version=2))
    assert after(now, event(article(id=ID, version=2, headline="khác"))) is now
    assert after(now, event(article(id=ID, version=1))) is now


def test_a_version_that_comes_after_the_retraction_that_overtook_it_changes_nothing() -> None:
    now = held(retraction(ID, 2))
    assert after(now, event(article(id=ID, version=1))) is now


def test_a_tombstone_forgets_the_text_of_its_version_only() -> None:
    now = held(article(id=ID, version=2))
    assert after(now, Tombstone(ID, 2)) == Held(2, None)
    assert after(now, Tombstone(ID, 1)) is now


def test_an_erased_version_does_not_come_back_when_it_is_delivered_again() -> None:
    erased = Held(1, None)
    assert after(erased, event(article(id=ID, version=1))) is erased
    assert after(erased, Tombstone(ID, 1)) is erased


def test_a_version_that_comes_after_its_tombstone_is_not_taken() -> None:
    erased = after(None, Tombstone(ID, 1))
    assert erased == Held(1, None)
    assert after(erased, event(article(id=ID, version=1))) is erased
    assert after(erased, event(article(id=ID, version=2))) == held(article(id=ID, version=2))


RECORD = erasure(ID, 4)
OF_AN_ERASURE: list[Change] = [
    event(article(id=ID, version=1)),
    event(article(id=ID, version=2)),
    event(retraction(ID, 3)),
    event(RECORD),
    Tombstone(ID, 1),
    Tombstone(ID, 2),
    Tombstone(ID, 3),
]


def test_an_erasure_ends_the_same_in_every_order_and_no_erased_text_comes_back() -> None:
    for order in permutations(OF_AN_ERASURE):
        state: Held | None = None
        gone: set[int] = set()
        for change in (*order, *order):
            state = after(state, change)
            gone |= {change.version} if isinstance(change, Tombstone) else set()
            if isinstance(change, ArticleEvent) and change.article.erased:
                gone |= {1, 2, 3}
            assert state
            assert state.article is None or state.article.version not in gone
        assert state == held(RECORD)


def test_a_tombstone_for_a_version_that_never_was_does_not_hide_the_record() -> None:
    assert after(after(None, Tombstone(ID, 99)), event(RECORD)) == held(RECORD)


def test_an_erased_article_is_in_no_feed_and_those_it_was_in_change() -> None:
    before = {ID: held(article(id=ID, version=3, correction_note="Sửa"))}
    outcome = settle(before, [event(RECORD)])
    assert feeds_of(RECORD) == frozenset()
    assert {"latest", "corrections"} <= feeds_touched(before, outcome)
    assert forgotten(outcome) == {ID}


def test_a_batch_gives_the_same_as_its_records_one_by_one() -> None:
    versions: list[Change] = [event(article(id=ID, version=v)) for v in (2, 1, 3, 3)]
    outcome = settle({}, versions)
    assert outcome.effective == [True, False, True, False]
    assert outcome.held[ID].version == 3


def test_a_change_touches_the_feeds_it_leaves_and_those_it_enters() -> None:
    before = {ID: held(article(id=ID, column="kinh-te"))}
    moved = article(id=ID, version=2, column="phap-luat", correction_note="Nhầm chuyên mục")
    touched = feeds_touched(before, settle(before, [event(moved)]))
    assert {"columns/kinh-te", "columns/phap-luat", "latest", "corrections"} <= touched


def test_a_repeated_change_touches_nothing() -> None:
    before = {ID: held(article(id=ID))}
    assert feeds_touched(before, settle(before, [event(article(id=ID))])) == set()
