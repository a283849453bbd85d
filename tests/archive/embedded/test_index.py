"""Documents and offsets belong together, whatever happens to the process."""

import pytest

from services.archive.embedded import place
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.engine.contract import EngineFailed
from tests.factories import article

AT_FIVE = {("articles", 3): 5}
AT_NINE = {("articles", 3): 9}


def test_offsets_are_there_again_after_a_restart(tmp_path):
    before = EmbeddedEngine(tmp_path / "index")
    before.take([article()], AT_FIVE)
    before.take([], {("articles.express", 0): 1})
    before.close()
    assert EmbeddedEngine(tmp_path / "index").offsets == {**AT_FIVE, ("articles.express", 0): 1}


def test_the_index_keeps_its_id(tmp_path):
    before = EmbeddedEngine(tmp_path / "index")
    before.close()
    assert EmbeddedEngine(tmp_path / "index").id == before.id


def test_a_deleted_index_begins_anew(tmp_path):
    before = EmbeddedEngine(tmp_path / "index")
    before.take([article()], AT_FIVE)
    before.close()
    (tmp_path / "index" / "current.json").unlink()
    after = EmbeddedEngine(tmp_path / "index")
    assert after.offsets == {}
    assert after.id != before.id
    assert after.view().documents == 0


def test_an_index_of_another_format_is_thrown_away(tmp_path, monkeypatch):
    before = EmbeddedEngine(tmp_path / "index")
    before.take([article()], AT_FIVE)
    before.close()
    monkeypatch.setattr(place, "FORMAT", -1)
    assert EmbeddedEngine(tmp_path / "index").offsets == {}


def test_a_failed_commit_changes_nothing_and_is_told(tmp_path, engine, catalogue):
    kept, late = article(), article()
    engine.take([kept], AT_FIVE)
    (tmp_path / "index").rename(tmp_path / "away")
    with pytest.raises(EngineFailed):
        engine.take([late], AT_NINE)
    assert engine.fault
    assert engine.offsets == AT_FIVE
    assert catalogue.article(late.id) is None

    (tmp_path / "away").rename(tmp_path / "index")
    engine.take([late], AT_NINE)
    assert engine.fault is None
    assert engine.offsets == AT_NINE
    assert [catalogue.article(each.id) for each in (kept, late)] == [kept, late]
