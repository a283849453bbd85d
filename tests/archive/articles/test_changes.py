"""A batch is decided before anything is written."""

from dataclasses import dataclass

from services.archive.articles.changes import Erased, apply, change_of
from services.common.consuming import Received
from tests.factories import article, event, retraction


@dataclass
class FakeRecord:
    key: bytes | None
    value: bytes | None = None
    topic: str = "articles"
    partition: int = 0
    offset: int = 0
    timestamp: int = 0


def test_versions_of_one_article_in_one_batch_give_one_history():
    first = article()
    second = article(id=first.id, version=2)
    changed, effective = apply({}, [second, first, second])
    assert changed == {first.id: {1: first, 2: second}}
    assert effective == [True, True, False]


def test_what_is_known_is_not_written_again():
    known = article()
    changed, effective = apply({known.id: {1: known}}, [known])
    assert not changed
    assert effective == [False]


def test_a_late_version_of_a_retracted_article_changes_nothing():
    end = retraction(article().id)
    changed, effective = apply({end.id: {2: end}}, [article(id=end.id)])
    assert not changed
    assert effective == [False]


def test_a_tombstone_erases_its_version():
    erased = article()
    tombstone = change_of(Received(FakeRecord(f"{erased.id}:1".encode()), None))
    assert tombstone == Erased(erased.id, 1)
    assert apply({erased.id: {1: erased}}, [tombstone]) == ({erased.id: {1: None}}, [True])


def test_a_tombstone_of_another_shape_is_passed_over():
    for key in (b"", b"\xff", b"unit:HQHP", b"not-an-id:1", f"{article().id}:0".encode()):
        assert change_of(Received(FakeRecord(key), None)) is None


def test_an_article_for_a_partner_is_passed_over():
    secret = event(article(audience="partner:BAO"))
    assert change_of(Received(FakeRecord(b""), secret)) is None
