from services.syndicate.rendering.feed_store import Feed
from services.syndicate.rendering.waiting import Waiting


def waiting(*names: str) -> Waiting:
    """Feeds that changed one after the other."""
    made = Waiting()
    made.add([Feed(name, None, revision) for revision, name in enumerate(names, 1)])
    return made


def test_the_newest_and_the_oldest_are_taken_in_turn() -> None:
    line = waiting("a", "b", "c", "d")
    assert line.next(2, in_order=False) == ["d", "c"]
    assert line.next(2, in_order=False) == ["a", "b"]


def test_in_a_backlog_the_oldest_come_first_always() -> None:
    line = waiting("a", "b", "c", "d")
    assert [line.next(1, in_order=True) for _ in range(3)] == [["a"]] * 3


def test_what_must_not_wait_leaves_one_place_to_the_others() -> None:
    line = waiting("a", "b", "c", "d")
    line.hurry(["b", "c", "unknown"])
    assert line.next(2, in_order=True) == ["b", "a"]
    line.served("b", 4)
    assert line.next(2, in_order=True) == ["c", "a"]
    assert line.hurried
    line.served("c", 4)
    assert not line.hurried


def test_changes_are_served_up_to_the_oldest_that_waits() -> None:
    line = waiting("a", "b", "c")
    assert line.rendered == 0
    line.served("b", 3)
    assert line.rendered == 0
    line.served("a", 3)
    assert line.rendered == 2
    line.served("c", 3)
    assert line.rendered == 3


def test_a_feed_that_changes_again_while_it_waits_still_waits_since_the_first_time() -> None:
    line = waiting("a", "b")
    line.add([Feed("a", None, 3)])
    assert line.rendered == 0
    assert line.next(1, in_order=False) == ["a"]


def test_what_is_served_as_it_is_does_not_wait() -> None:
    line = waiting()
    line.served("a", 5)
    line.add([Feed("a", None, 5), Feed("b", None, 6)])
    assert line.next(5, in_order=False) == ["b"]
    assert [feed.name for feed in line.behind([Feed("a", None, 5), Feed("b", None, 6)])] == ["b"]


def test_one_that_cannot_be_rendered_stands_aside_until_it_is_tried_again() -> None:
    line = waiting("a", "b", "c")
    assert line.failed("a") == 1
    line.add([Feed("a", None, 4)])
    assert line.next(9, in_order=True) == ["b", "c"]
    line.served("b", 4)
    line.served("c", 4)
    assert (line.tried, line.rendered) == (4, 0)

    line.try_again("a")
    assert line.next(9, in_order=True) == ["a"]
    assert line.tried == 0
    line.served("a", 4)
    assert line.rendered == 4
    line.try_again("a")
    assert line.next(9, in_order=True) == []


def test_what_waits_again_stands_where_it_stood() -> None:
    line = waiting("a", "b", "c")
    line.failed("b")
    line.try_again("b")
    assert line.next(9, in_order=True) == ["a", "b", "c"]


def test_a_feed_that_fails_again_and_again_holds_up_the_word_of_others_no_longer() -> None:
    line = waiting("a", "b")
    line.served("b", 2)
    for failures in (1, 2, 3):
        assert line.failed("a") == failures
        assert line.rendered == 0
        line.try_again("a")
    line.failed("a")
    assert line.rendered == 2
    assert [feed.name for feed in line.behind([Feed("a", None, 1), Feed("b", None, 2)])] == ["a"]
