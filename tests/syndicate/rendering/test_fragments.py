from collections.abc import Collection
from uuid import UUID

import pytest

from services.syndicate.feeds.site import Site
from services.syndicate.rendering import fragments
from services.syndicate.rendering.fragments import Fragments
from tests.factories import article


class Store:
    """Articles, and which of them were loaded."""

    def __init__(self, count: int) -> None:
        self.articles = {made.id: made for made in (article() for _ in range(count))}
        self.entries = [(each, 1) for each in self.articles]
        self.loaded: list[UUID] = []

    def load(self, ids: Collection[UUID]) -> dict[UUID, bytes]:
        self.loaded += ids
        return {each: self.articles[each].model_dump_json().encode() for each in ids}


def test_what_was_cut_is_not_cut_again(site: Site) -> None:
    made, store = Fragments(site), Store(3)
    assert made.of(store.entries, store.load) == made.of(store.entries, store.load)
    assert store.loaded == [article for article, _ in store.entries]


def test_another_version_is_cut_anew(site: Site) -> None:
    made, store = Fragments(site), Store(1)
    [(only, _)] = store.entries
    made.of(store.entries, store.load)
    made.of([(only, 2)], store.load)
    assert store.loaded == [only, only]


def test_a_new_feed_leaves_what_was_cut_and_a_new_name_does_not(site: Site) -> None:
    made, store = Fragments(site), Store(1)
    made.speak_of("units/HQHP", "HQHP")
    made.of(store.entries, store.load)
    made.speak_of("units/HQCM", "Hải quan Cà Mau")
    made.of(store.entries, store.load)
    assert len(store.loaded) == 1
    made.speak_of("units/HQHP", "Hải quan Hải Phòng")
    [fragment] = made.of(store.entries, store.load)
    assert "Hải quan Hải Phòng" in fragment.parts["atom"].decode()


def test_what_was_used_least_lately_makes_room(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "_KEPT", 4)
    made, store = Fragments(site), Store(5)
    one, *others = store.entries
    made.of([one], store.load)
    made.of(others[:3], store.load)
    made.of([one], store.load)
    assert len(made.of(others[3:], store.load)) == 1
    store.loaded.clear()
    made.of([one], store.load)
    assert store.loaded == []
    made.of(others[:1], store.load)
    assert store.loaded == [others[0][0]]


def test_long_articles_make_room_for_each_other_however_few_they_are(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, store = Fragments(site), Store(8)
    one = made.of(store.entries[:1], store.load)[0]
    monkeypatch.setattr(fragments, "_KEPT_BYTES", 4 * sum(map(len, one.parts.values())))
    assert len(made.of(store.entries, store.load)) == len(store.entries)
    store.loaded.clear()
    made.of(store.entries, store.load)
    assert len(store.loaded) >= 4
