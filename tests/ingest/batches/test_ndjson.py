"""Lines come whole, whatever the pieces; one that is too long costs itself alone."""

import random
from collections.abc import AsyncIterator

from services.ingest.batches.ndjson import Line, groups_of_lines


async def lines_of(pieces: list[bytes], longest: int = 20, most: int = 3) -> list[Line]:
    async def coming() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    found = []
    async for group in groups_of_lines(coming(), longest=longest, most=most):
        assert 0 < len(group) <= most
        found += group
    return found


async def test_numbers_count_blank_lines_too():
    assert await lines_of([b"a\n\n \nb"]) == [Line(1, b"a"), Line(4, b"b")]


async def test_a_line_that_is_too_long_is_told_by_its_number():
    found = await lines_of([b"short\n" + b"x" * 21 + b"\nnext\n"])

    assert found == [Line(1, b"short"), Line(2, None), Line(3, b"next")]


async def test_a_line_that_never_ends_is_not_kept():
    found = await lines_of([b"y" * 15] * 100 + [b"\n", b"next"])

    assert found == [Line(1, None), Line(2, b"next")]


async def test_however_it_is_cut_it_is_read_alike():
    chance = random.Random(7)
    whole = b"\n".join(bytes([97 + n % 26]) * chance.randrange(30) for n in range(200))
    expected = await lines_of([whole])

    for _ in range(50):
        cuts = sorted(chance.randrange(len(whole)) for _ in range(20))
        pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
        assert await lines_of(pieces) == expected
