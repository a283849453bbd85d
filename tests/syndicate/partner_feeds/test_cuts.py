from uuid import UUID

from schemas.partner import Format
from services.syndicate.partner_feeds.cuts import Cut, Cuts, Which
from tests.factories import NOON


def which(number: int, format_: Format = Format.NINJS) -> Which:
    return Which(format_, UUID(int=number), 1)


def cut(size: int = 10) -> Cut:
    return Cut(b"x" * size, NOON)


def kept(cuts: Cuts, *numbers: int, names: int = 0) -> list[int]:
    found, _ = cuts.known(names, [which(number) for number in numbers])
    return [each.article.int for each in found]


def keep(cuts: Cuts, *numbers: int, names: int = 0) -> None:
    _, word = cuts.known(names, [])
    cuts.keep(names, word, {which(number): cut() for number in numbers})


def test_what_was_used_least_lately_goes_first() -> None:
    cuts = Cuts(most_bytes=30)
    keep(cuts, 1, 2, 3)
    assert kept(cuts, 1) == [1]
    keep(cuts, 4)
    assert kept(cuts, 1, 2, 3, 4) == [1, 3, 4]


def test_a_change_of_names_leaves_nothing() -> None:
    cuts = Cuts()
    keep(cuts, 1)
    assert kept(cuts, 1, names=1) == []
    assert kept(cuts, 1, names=0) == []


def test_what_was_forgotten_does_not_come_back_from_who_had_read_it_before() -> None:
    cuts = Cuts()
    keep(cuts, 1, 2)
    _, word = cuts.known(0, [])
    cuts.forget({UUID(int=1)})
    cuts.keep(0, word, {which(1): cut()})
    assert kept(cuts, 1, 2) == [2]


def test_the_same_again_takes_no_more_room() -> None:
    cuts = Cuts(most_bytes=20)
    for _ in range(5):
        keep(cuts, 1, 2)
    assert kept(cuts, 1, 2) == [1, 2]


def test_what_is_larger_than_all_there_is_is_not_kept() -> None:
    cuts = Cuts(most_bytes=5)
    keep(cuts, 1)
    assert kept(cuts, 1) == []
