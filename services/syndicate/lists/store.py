"""Which lists there are, and the number of each one's last change."""

from sqlalchemy import Connection, insert, select, update

from services.syndicate.rendering.feed_store import Feed
from services.syndicate.tables import LIST

CATALOGUE = "catalogue"
"""What names every feed: the list of subscriptions, and the first page."""
SITEMAP = "sitemap"
"""What search engines read of the last two days."""

_ALL = (CATALOGUE, SITEMAP)


def begin(connection: Connection) -> None:
    """Have every list, if only empty."""
    known = {each.name for each in lists(connection)}
    rows = [{"name": name, "revision": 1} for name in _ALL if name not in known]
    if rows:
        connection.execute(insert(LIST), rows)


def lists(connection: Connection) -> list[Feed]:
    """Give every list, as if it were a feed."""
    return [Feed(row.name, None, row.revision) for row in connection.execute(select(LIST))]


def touch(connection: Connection, *names: str) -> None:
    """Say that these look different now."""
    connection.execute(
        update(LIST).where(LIST.c.name.in_(names)).values(revision=LIST.c.revision + 1)
    )


def touch_all(connection: Connection) -> None:
    """Say that all look different now."""
    touch(connection, *_ALL)
