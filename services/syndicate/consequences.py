"""What follows from new entries, in the transaction that stores them."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.syndicate.changes.entry import NewEntry


def follow(connection: Connection, entries: Sequence[NewEntry]) -> None:
    """Queue deliveries, note the deadlines of retractions, and the news for the timeline."""
