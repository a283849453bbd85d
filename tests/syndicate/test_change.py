from schemas.article import Article
from services.common.ids import new_id
from services.syndicate.change import Change, Held, Tombstone, after, feeds_touched, settle
from tests.factories import article, event, retraction

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
    assert after(None, Tombstone(ID, 1)) is None


def test_an_erased_version_does_not_come_back_when_it_is_delivered_again() -> None:
    erased = Held(1, None)
    assert after(erased, event(article(id=ID, version=1))) is erased
    assert after(erased, Tombstone(ID, 1)) is erased


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
