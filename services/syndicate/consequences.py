"""What follows from new entries, in the transaction that stores them."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.syndicate.announcing import news
from services.syndicate.changes.entry import NewEntry
from services.syndicate.circle import asking
from services.syndicate.deliveries.queueing import queue


def follow(connection: Connection, entries: Sequence[NewEntry]) -> None:
    """Queue deliveries, note the deadlines of retractions, and the news for the timeline."""
    queue(connection, entries)
    news.note(connection, map(_queued, (entry for entry in entries if not entry.replay)))
    asking.note(connection, entries)


def _queued(entry: NewEntry) -> news.News:
    return news.News(
        article=entry.article,
        version=entry.version,
        partner=entry.partner,
        state="queued",
        at=entry.at,
        trace=entry.trace.model_dump_json(),
        detail=entry.kind,
    )
