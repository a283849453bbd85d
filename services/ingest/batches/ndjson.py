"""NDJSON in pieces of any size to whole lines: one that is too long costs itself alone."""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A line that is not blank; without `content` where it was too long to be kept."""

    number: int
    """From 1; blank lines count."""
    content: bytes | None


async def groups_of_lines(
    pieces: AsyncIterable[bytes], *, longest: int, most: int
) -> AsyncIterator[list[Line]]:
    """Give the lines in groups of at most `most`, as soon as they have come.

    Holds no more than a piece, a group and `longest` bytes of the line that is not complete.
    """
    number, rest, too_long = 0, b"", False
    async for piece in pieces:
        *ended, rest = (rest + piece).split(b"\n")
        group: list[Line] = []
        for content in ended:
            number += 1
            if too_long or content.strip():
                fits = not too_long and len(content) <= longest
                group.append(Line(number, content if fits else None))
            too_long = False
            if len(group) == most:
                yield group
                group = []
        if group:
            yield group
        if len(rest) > longest:
            rest, too_long = b"", True
    if too_long or rest.strip():
        yield [Line(number + 1, None if too_long else rest)]
