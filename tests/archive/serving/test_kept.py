"""What was made is given again while it is right, and never once an article in it has changed."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from services.archive.serving.kept import Found, Kept

ONE, OTHER = uuid4(), uuid4()


@dataclass
class World:
    """A clock and a basis that tests move."""

    now: float = 0.0
    basis: object = field(default_factory=object)

    def kept(self, most: int = 100, *, shared: bool = False) -> Kept[str]:
        return Kept(
            most=most,
            fresh_for=1.0,
            old_for=1.0 if shared else 30.0,
            shared=shared,
            basis=lambda: self.basis,
            clock=lambda: self.now,
        )


@pytest.fixture
def world():
    return World()


def given(kept: Kept[str], key: str) -> str | None:
    found = kept.get(key)
    return found.value if found else None


def put(kept: Kept[str], key: str, *articles: UUID, size: int = 1) -> bool:
    return kept.put(key, f"page {key}", size=size, articles=articles, began=kept.begin())


def test_it_is_given_again_while_nothing_changes(world):
    kept = world.kept()
    put(kept, "a", ONE)
    world.now = 59
    assert given(kept, "a") == "page a"
    world.now = 60
    assert kept.get("a") is None


def test_a_change_of_what_it_shows_takes_it_away_at_once(world):
    kept = world.kept()
    put(kept, "a", ONE)
    put(kept, "b", OTHER)
    kept.changed({ONE})
    assert (given(kept, "a"), given(kept, "b")) == (None, "page b")


def test_after_any_other_change_it_is_new_for_a_second_and_then_old(world):
    kept = world.kept()
    put(kept, "a", ONE)
    kept.changed({OTHER})
    world.now = 0.9
    assert kept.get("a") == Found("page a", old=False)
    world.now = 1.0
    assert kept.get("a") == Found("page a", old=True)
    world.now = 30.0
    assert kept.get("a") is None


def test_a_value_can_be_forgotten(world):
    kept = world.kept()
    put(kept, "a", ONE)
    kept.forget("a")
    assert kept.get("a") is None


def test_what_changed_while_it_was_made_is_not_kept(world):
    kept = world.kept()
    began = kept.begin()
    kept.changed({ONE})
    assert not kept.put("a", "old", size=1, articles=[ONE], began=began)
    assert kept.get("a") is None
    assert kept.put("b", "right", size=1, articles=[OTHER], began=began)


def test_that_is_known_also_of_articles_whose_change_is_no_more_remembered(world):
    kept = world.kept()
    began = kept.begin()
    kept.changed({ONE})
    kept.changed({uuid4() for _ in range(10_000)})
    assert not kept.put("a", "old", size=1, articles=[ONE], began=began)
    assert put(kept, "a", ONE)


def test_what_was_made_on_another_basis_is_not_given(world):
    kept = world.kept()
    put(kept, "a", ONE)
    began = kept.begin()
    world.basis = object()
    assert kept.get("a") is None
    assert not kept.put("a", "old", size=1, articles=[ONE], began=began)


def test_nothing_is_given_when_everything_may_have_changed(world):
    kept = world.kept()
    began = kept.begin()
    put(kept, "a", ONE)
    kept.changed(None)
    assert kept.get("a") is None
    assert not kept.put("a", "old", size=1, articles=[ONE], began=began)


def test_where_others_write_it_is_given_for_a_second_only(world):
    kept = world.kept(shared=True)
    put(kept, "a", ONE)
    world.now = 1.0
    assert kept.get("a") is None


def test_what_is_asked_for_least_goes_first(world):
    kept = world.kept(most=3)
    for key in "abc":
        put(kept, key, ONE)
    kept.get("a")
    put(kept, "d", OTHER)
    assert [given(kept, key) for key in "abcd"] == ["page a", None, "page c", "page d"]
    assert put(kept, "e", OTHER, size=4)  # it has no room, and nothing goes for it
    assert [given(kept, key) for key in "acde"] == ["page a", "page c", "page d", None]


def test_it_keeps_no_trace_of_what_went(world):
    kept = world.kept(most=10)
    for number in range(100):
        put(kept, str(number), ONE, uuid4())
    kept.changed({ONE})
    assert (kept._size, kept._values, kept._showing) == (0, {}, {})
