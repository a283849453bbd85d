"""The ways in which people write the name of an office: `Cục Hải quan TP.HCM`, `HQ TPHCM`."""

from collections.abc import Callable, Collection, Iterator
from functools import lru_cache, partial

from services.common.text import folded_words

Words = tuple[str, ...]

# What is written for what, in folded words. An empty way leaves it out.
_WAYS = tuple(
    tuple(tuple(way.split()) for way in ways)
    for ways in (
        ("thanh pho ho chi minh", "tp ho chi minh", "tp hcm", "tphcm", "ho chi minh", "hcm"),
        ("thanh pho ha noi", "tp ha noi", "ha noi", "tp hn"),
        ("thanh pho", "tp", ""),
        ("tinh", ""),
        ("hai quan", "hq"),
        ("khu vuc", "kv"),
        ("uy ban nhan dan", "ubnd"),
    )
)
_HEADS = (("tong", "cuc"), ("chi", "cuc"), ("cuc",))
_LEAST = 3  # words: what is left of `Cục Thuế` names no office any more
_MOST = 200  # ways to write one name
_NUMBERED = frozenset({"vuc", "kv", "so", "vung"})
_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_ROMAN = {roman: str(number) for number, roman in enumerate(_NUMERALS.split(), start=1)}
_ARABIC = {arabic: roman for roman, arabic in _ROMAN.items()}


@lru_cache(10_000)
def ways_to_write(name: str) -> frozenset[Words]:
    """Give the folded words of a name, in each of the ways in which they are written."""
    found = {tuple(folded_words(name))} - {()}
    for change in _CHANGES:
        found |= {way for each in found for way in change(each)}
    return frozenset(sorted(found, key=len)[:_MOST])


def shortest(names: Collection[Words]) -> list[Words]:
    """Leave out the names that hold another of them: who finds that one finds these too."""
    kept: list[Words] = []
    for name in sorted(names, key=lambda each: (len(each), each)):
        if not any(_place(name, other) is not None for other in kept):
            kept.append(name)
    return kept


def _without_head(name: Words) -> Iterator[Words]:
    head = next((each for each in _HEADS if name[: len(each)] == each), ())
    if head and len(name) - len(head) >= _LEAST:
        yield name[len(head) :]


def _with_other_number(name: Words) -> Iterator[Words]:
    if len(name) > 1 and name[-2] in _NUMBERED:
        other = _ROMAN.get(name[-1]) or _ARABIC.get(name[-1])
        if other:
            yield (*name[:-1], other)


def _exchanged(ways: tuple[Words, ...], name: Words) -> Iterator[Words]:
    for way in filter(None, ways):
        at = _place(name, way)
        if at is not None:
            for other in ways:
                changed = (*name[:at], *other, *name[at + len(way) :])
                if other or len(changed) >= _LEAST:
                    yield changed
            return


def _place(name: Words, part: Words) -> int | None:
    size = len(part)
    places = range(len(name) - size + 1)
    return next((at for at in places if name[at : at + size] == part), None)


_CHANGES: tuple[Callable[[Words], Iterator[Words]], ...] = (
    _without_head,
    _with_other_number,
    *(partial(_exchanged, ways) for ways in _WAYS),
)
