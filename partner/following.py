"""News without end, also where tinbai is away for a while."""

from collections.abc import Callable, Iterator

from partner.client import Client, Unavailable
from partner.entry import Entry

_LONG_POLL = 30  # seconds


def followed(
    client: Client, after: int, complain: Callable[[Unavailable], None]
) -> Iterator[list[Entry]]:
    """Give pages of news as they come. What the client gave up, after all its attempts, is begun
    again: whoever follows does so until he is stopped."""
    while True:
        try:
            page = client.changes(after, wait=_LONG_POLL)
        except Unavailable as error:
            complain(error)
            continue
        if page:
            yield page
            after = page[-1].seq
