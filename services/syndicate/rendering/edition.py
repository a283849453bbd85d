"""The edition of an hour: what changes with time alone. Each function is a part of its caller's
transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, insert, select

from services.syndicate import store
from services.syndicate.lists import store as list_store
from services.syndicate.lists.sitemap import PERIOD
from services.syndicate.rendering import feed_store
from services.syndicate.rendering.window import Periods, Standing, last_left
from services.syndicate.tables import EDITION, ENTRY, FEED

# A clock that is set back by less is waited for: no reader steps back in time with it. By more, and
# it was wrong before.
_WAITED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Rules:
    """What decides, beside articles and the hour, how every feed and list looks."""

    size: int
    periods: Periods
    said: str
    """All other settings that stand in feeds and lists, in whatever form."""


def turn(connection: Connection, hour: datetime, rules: Rules) -> bool:
    """Go on to the edition of `hour`: have those feeds and lists rendered again that look different
    in it. Hours that nobody was there for are made up for. Say whether there is a new edition."""
    now = connection.execute(select(EDITION.c.hour, EDITION.c.rules)).one_or_none()
    if now is None or now.rules != repr(rules) or hour < now.hour - _WAITED_FOR:
        _touch_all(connection)
    elif hour > now.hour:
        _touch_changed(connection, now.hour, hour, rules)
    else:
        return False
    connection.execute(delete(EDITION))
    connection.execute(insert(EDITION), {"id": 1, "hour": hour, "rules": repr(rules)})
    return True


def _touch_all(connection: Connection) -> None:
    store.touch_all(connection)
    list_store.touch_all(connection)


def _touch_changed(connection: Connection, before: datetime, hour: datetime, rules: Rules) -> None:
    if names := _feeds_changed(connection, before, hour, rules):
        store.touch(connection, names)
    since, until = last_left(before, PERIOD), last_left(hour, PERIOD)
    if "latest" in _feeds_with_entries(connection, since, until, notice=False):
        list_store.touch(connection, list_store.SITEMAP)


def _feeds_changed(
    connection: Connection, before: datetime, hour: datetime, rules: Rules
) -> list[str]:
    """Name the feeds that show, before, an entry that is too old after."""

    def leaves(entry: Standing) -> bool:
        too_old = rules.periods.too_old(hour, notice=entry.notice)
        return too_old is not None and entry.place <= too_old

    # An entry may grow too old where nobody sees it: below the end of the window.
    some: set[str] = set()
    for notice in (False, True):
        since = rules.periods.too_old(before, notice=notice)
        until = rules.periods.too_old(hour, notice=notice)
        if since and until:
            some.update(_feeds_with_entries(connection, since, until, notice=notice))
    return [
        name
        for name in sorted(some)
        if any(map(leaves, feed_store.standing(connection, name, rules.size, rules.periods)))
    ]


def _feeds_with_entries(
    connection: Connection, since: datetime, until: datetime, *, notice: bool
) -> Iterable[str]:
    """Name the feeds with an entry between two places: one look into the key for each feed."""
    between = exists().where(
        ENTRY.c.feed == FEED.c.name,
        ENTRY.c.notice == notice,
        ENTRY.c.place > since,
        ENTRY.c.place <= until,
    )
    return list(connection.scalars(select(FEED.c.name).where(between)))
