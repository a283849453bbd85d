from services.common.ids import new_id
from services.syndicate.feeds.binding import Document
from services.syndicate.history import cache as cache_module
from services.syndicate.history.cache import Cache

NOTHING: frozenset = frozenset()


def page(name: str, size: int = 1, etag: str = "a") -> Document:
    return Document(f"/history/latest/{name}.rss", "application/rss+xml", etag, b"x" * size)


def test_a_page_is_given_in_the_state_that_is_asked_for_only() -> None:
    cache = Cache()
    one = page("1-1")
    cache.put(one, NOTHING)
    assert cache.get(one.path, "a") is one
    assert cache.get(one.path, "b") is None
    assert cache.get("/history/latest/1-2.rss", "a") is None


def test_what_was_asked_for_longest_ago_makes_room(monkeypatch) -> None:
    monkeypatch.setattr(cache_module, "_BYTES", 100)
    cache = Cache()
    for _ in range(9):
        cache.put(page("1-1", 40), NOTHING)
    cache.put(page("1-2", 40), NOTHING)
    assert cache.get(page("1-1").path, "a")
    cache.put(page("1-3", 40), NOTHING)
    kept = [name for name in ("1-1", "1-2", "1-3") if cache.get(page(name).path, "a")]
    assert kept == ["1-1", "1-3"]
    cache.put(page("1-4", 101), NOTHING)
    assert cache.get(page("1-4").path, "a") is None


def test_there_are_never_too_many_to_look_through(monkeypatch) -> None:
    monkeypatch.setattr(cache_module, "_PAGES", 2)
    cache = Cache()
    for name in ("1-1", "1-2", "1-3"):
        cache.put(page(name), NOTHING)
    assert not cache.get(page("1-1").path, "a")


def test_a_change_drops_the_pages_of_its_article_alone() -> None:
    cache = Cache()
    one, two = new_id(), new_id()
    cache.put(page("1-1"), frozenset([one]))
    cache.put(page("1-2"), frozenset([two]))
    cache.forget({one})
    assert not cache.get(page("1-1").path, "a")
    assert cache.get(page("1-2").path, "a")
