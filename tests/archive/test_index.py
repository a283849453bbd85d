"""Documents and offsets belong together, whatever happens to the process."""

import pytest

from services.archive import index as index_module
from services.archive.index import Index, IndexFailed
from services.archive.intake import take_changes
from tests.factories import article

AT_FIVE = {("articles", 3): 5}
AT_NINE = {("articles", 3): 9}


def test_offsets_are_there_again_after_a_restart(tmp_path):
    before = Index(tmp_path / "index")
    take_changes(before, [article()], AT_FIVE)
    take_changes(before, [], {("articles.express", 0): 1})
    before.close()
    assert Index(tmp_path / "index").offsets == {**AT_FIVE, ("articles.express", 0): 1}


def test_the_index_keeps_its_id(tmp_path):
    before = Index(tmp_path / "index")
    before.close()
    assert Index(tmp_path / "index").id == before.id


def test_a_deleted_index_begins_anew(tmp_path):
    before = Index(tmp_path / "index")
    take_changes(before, [article()], AT_FIVE)
    before.close()
    (tmp_path / "index" / "identity.json").unlink()
    after = Index(tmp_path / "index")
    assert after.offsets == {}
    assert after.id != before.id
    assert after.searcher().num_docs == 0


def test_an_index_of_another_format_is_thrown_away(tmp_path, monkeypatch):
    before = Index(tmp_path / "index")
    take_changes(before, [article()], AT_FIVE)
    before.close()
    monkeypatch.setattr(index_module, "FORMAT", -1)
    assert Index(tmp_path / "index").offsets == {}


def test_a_failed_commit_changes_nothing_and_is_told(tmp_path, index, catalogue):
    kept, late = article(), article()
    take_changes(index, [kept], AT_FIVE)
    (tmp_path / "index").rename(tmp_path / "away")
    with pytest.raises(IndexFailed):
        take_changes(index, [late], AT_NINE)
    assert index.fault
    assert index.offsets == AT_FIVE
    assert catalogue.article(late.id) is None

    (tmp_path / "away").rename(tmp_path / "index")
    take_changes(index, [late], AT_NINE)
    assert index.fault is None
    assert index.offsets == AT_NINE
    assert [catalogue.article(each.id) for each in (kept, late)] == [kept, late]
