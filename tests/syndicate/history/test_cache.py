from uuid import UUID

from services.common.ids import new_id
from services.syndicate.feeds.binding import Document
from services.syndicate.history import cache as cache_module
from services.syndicate.history.cache import Cache, Made


def page(name: str, size: int = 1, *articles: UUID) -> Made:
    body = b"x" * (size - size // 2)
    document = Document(path(name), "application/rss+xml", "a", body)
    return Made(document, {"gzip": b"x" * (size // 2)}, frozenset(articles))


def path(name: str) -> str:
    return f"/history/latest/{name}.rss"


def test_a_page_is_given_in_the_state_that_is_asked_for_only() -> None:
    cache = Cache()
    one = page("1-1")
    cache.put(one)
    assert cache.get(path("1-1"), "a") is one
    assert cache.get(path("1-1"), "b") is None
    assert cache.get("/history/latest/1-2.rss", "a") is None


def test_what_was_asked_for_longest_ago_makes_room(monkeypatch) -> None:
    monkeypatch.setattr(cache_module, "_BYTES", 100)
    cache = Cache()
    for _ in range(9):
        cache.put(page("1-1", 40))
    cache.put(page("1-2", 40))
    assert cache.get(path("1-1"), "a")
    cache.put(page("1-3", 40))
    kept = [name for name in ("1-1", "1-2", "1-3") if cache.get(path(name), "a")]
    assert kept == ["1-1", "1-3"]
    cache.put(page("1-4", 101))
    assert cache.get(path("1-4"), "a") is None


def test_there_are_never_too_many_to_look_through(monkeypatch) -> None:
    monkeypatch.setattr(cache_module, "_PAGES", 2)
    cache = Cache()
    for name in ("1-1", "1-2", "1-3"):
        cache.put(page(name))
    assert not cache.get(path("1-1"), "a")


def test_a_change_drops_the_pages_of_its_article_alone() -> None:
    cache = Cache()
    one, two = new_id(), new_id()
    cache.put(page("1-1", 1, one))
    cache.put(page("1-2", 1, two))
    cache.forget({one})
    assert not cache.get(path("1-1"), "a")
    assert cache.get(path("1-2"), "a")
