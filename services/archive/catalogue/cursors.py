"""Where a list by relevance goes on, so that nothing comes twice and nothing is left out.

Scores change with every article that arrives, so neither a count nor a score says where a reader
has come to. A cursor says instead which articles were on the pages before: what follows are the
best of the others, among those that were published when the first page was asked for.
"""

import base64
import binascii
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

_MOST = 200  # articles remembered; one seldom changes its place by as many
_FORM = 1
_HEAD = struct.Struct(">BHQI")  # form, count, as of, list
_TAIL = 4  # bytes of an id, random ones: two among some hundreds are never the same
_CHECK = 4

CURSOR_FORM = r"^[0-9A-Za-z_-]{26,1200}$"


class BadCursor(ValueError):
    """It was not made here."""


@dataclass(frozen=True)
class Passed:
    """What was shown of a list: how many in all, and the last of them by the ends of their ids.

    `as_of` is when the first page was asked for, in microseconds since 1970; `of` tells lists
    apart.
    """

    as_of: int
    of: int
    count: int = 0
    seen: tuple[bytes, ...] = ()

    @property
    def first(self) -> int:
        """From which place in the ranking on to look for what follows."""
        return self.count - len(self.seen)

    def following(self, ranked: Sequence[UUID]) -> list[int]:
        """Say which of the `ranked`, which begin at `first`, come next."""
        tails = [_tail(each) for each in ranked]
        known = set(self.seen)
        if not self.first:
            return [at for at, tail in enumerate(tails) if tail not in known]
        # What stands before all that is remembered was shown earlier still, and has moved down.
        begin = next((at for at, tail in enumerate(tails) if tail in known), 0)
        return [at for at, tail in enumerate(tails) if at >= begin and tail not in known]

    def after(self, shown: Iterable[UUID]) -> "Passed":
        """Give where the list goes on after these too."""
        tails = [_tail(each) for each in shown]
        seen = (*self.seen, *tails)[-_MOST:]
        return Passed(self.as_of, self.of, self.count + len(tails), seen)

    def __str__(self) -> str:
        """Give the cursor."""
        packed = _HEAD.pack(_FORM, self.count, self.as_of, self.of) + b"".join(self.seen)
        checked = packed + zlib.crc32(packed).to_bytes(_CHECK)
        return base64.urlsafe_b64encode(checked).rstrip(b"=").decode()


def read_cursor(cursor: str) -> Passed:
    """Read a cursor. Raises BadCursor."""
    try:
        checked = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadCursor from None
    packed, check = checked[:-_CHECK], checked[-_CHECK:]
    seen, odd = divmod(len(packed) - _HEAD.size, _TAIL)
    if odd or not 0 <= seen <= _MOST or zlib.crc32(packed).to_bytes(_CHECK) != check:
        raise BadCursor
    form, count, as_of, of = _HEAD.unpack_from(packed)
    if form != _FORM or seen != min(count, _MOST):
        raise BadCursor
    tails = packed[_HEAD.size :]
    return Passed(as_of, of, count, tuple(tails[at : at + _TAIL] for at in range(0, len(tails), 4)))


def _tail(article: UUID) -> bytes:
    return article.bytes[-_TAIL:]
