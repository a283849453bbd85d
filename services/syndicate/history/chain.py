"""How pages follow from each other: by what stands in the feed alone, never by a clock or a rank.

So a page's address means the same range for ever, and whoever has the same articles has the same
pages. Lists of entries fall: the newest first.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from services.syndicate.history.node import Node, end_of_microsecond, id_of, largest_node, parts_of


class Standing(NamedTuple):
    """An article in a feed, by its key in the order of first publication. A hundred are read for
    each feed that changes, so ids are made of the few that are shown."""

    key: int
    version: int

    @property
    def article(self) -> UUID:
        """Its id."""
        return parts_of(self.key)[1]


@dataclass(frozen=True)
class Page:
    """What a page holds now, and which one goes on from there."""

    node: Node
    entries: Sequence[Standing]
    previous: Node | None


def page_of(node: Node, standing: Sequence[Standing], most: int) -> Page | Node:
    """Make the page of `node` from what stands before its end: 2 * `most` + 1 of it are enough.

    Where late arrivals have made it too large, give the newest of the pages that it fell into: who
    walks on from there misses none of them.
    """
    entries = [each for each in standing[: most + 1] if each.key >= node.start]
    if len(entries) > most:
        return _newest_page(standing, node.end, most)
    older = standing[len(entries) :]
    return Page(node, entries, _newest_page(older, node.start, most) if older else None)


def page_behind(standing: Sequence[Standing], shown: Collection[UUID], most: int) -> Node | None:
    """Give the page with the newest of all that a feed does not show itself, if there is any.

    So nothing is left out, whatever the feed shows and why: the pages from there on hold all that
    is older, and all that is newer is shown. Of `standing` the first len(`shown`) + `most` + 1 are
    enough.
    """
    numbers = {article.int for article in shown}
    hidden = next((each for each in standing if id_of(each.key) not in numbers), None)
    if hidden is None:
        return None
    return _page_with(hidden, standing, closed_until(standing), most)


def closed_until(standing: Sequence[Standing]) -> int:
    """Give the key up to which pages are closed: nothing that is new will stand below it."""
    return end_of_microsecond(standing[0].key)


def _newest_page(standing: Sequence[Standing], end: int, most: int) -> Node:
    return _page_with(standing[0], standing, end, most)


def _page_with(one: Standing, standing: Sequence[Standing], end: int, most: int) -> Node:
    return largest_node([each.key for each in standing], one.key, end, most)
