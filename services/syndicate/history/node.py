"""What a page stands for: a node of a binary trie over the order of first publication.

A key is where an article stands in that order: the microseconds since 1970 when it was published
first, and then, below them, the 128 bits of its id. A node is all keys that begin alike.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

_ID_BITS = 128
_TOP = _ID_BITS + 62  # so that both ends of every node fit into a database's integer
_NAME = re.compile(r"(0|[1-9][0-9]{0,2})-(0|-?[1-9a-f][0-9a-f]{0,47})")


def key_of(published: int, article: int) -> int:
    """Join a time (microseconds since 1970) and an id, as a number."""
    return published << _ID_BITS | article


def parts_of(key: int) -> tuple[int, UUID]:
    """Part a key into the time and the id."""
    return key >> _ID_BITS, UUID(int=id_of(key))


def id_of(key: int) -> int:
    """Give the id in a key, as a number."""
    return key & ((1 << _ID_BITS) - 1)


def end_of_microsecond(key: int) -> int:
    """Give the first key that is later than all that were published at the same time."""
    return ((key >> _ID_BITS) + 1) << _ID_BITS


@dataclass(frozen=True)
class Node:
    """The keys from `start` up to, but without, `end`: two to the power of `level` of them."""

    level: int
    index: int

    @property
    def start(self) -> int:
        """The first key in it."""
        return self.index << self.level

    @property
    def end(self) -> int:
        """The first key after it."""
        return (self.index + 1) << self.level

    @property
    def name(self) -> str:
        """How addresses call it."""
        return f"{self.level}-{self.index:x}"


def node_named(name: str) -> Node | None:
    """Read a name; each node has one only, and whatever else is asked for is nothing."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    node = Node(int(found[1]), int(found[2], 16))
    furthest = 1 << _TOP
    fits = node.level <= _TOP and -furthest <= node.start and node.end <= furthest
    return node if fits else None


def largest_node(keys: Sequence[int], around: int, end: int, most: int) -> Node:
    """Give the largest node with `around` that ends by `end` and holds no more than `most` keys.

    `keys` fall; they are all from the newest that matters on, to `most` below `around`. Each node
    holds all that the smaller ones hold, so half of the levels are ruled out at each look.
    """
    rising = keys[::-1]

    def too_large(level: int) -> bool:
        node = Node(level, around >> level)
        held = bisect_left(rising, node.end) - bisect_left(rising, node.start)
        return node.end > end or held > most

    level = bisect_left(range(_TOP + 1), True, key=too_large) - 1
    return Node(level, around >> level)
