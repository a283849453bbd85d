"""What stands in a partner's feed. Each function is a part of its caller's transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import Connection, select

from schemas.partner import Format, Kind
from services.common.instants import now
from services.syndicate.feeds.site import Site
from services.syndicate.lists.store import CATALOGUE
from services.syndicate.partner_feeds.cuts import Which
from services.syndicate.partner_tables import HOLDING, PARTNER
from services.syndicate.rendering.window import Periods, Standing, hour_of, most_notices, shown
from services.syndicate.tables import LIST


@dataclass(frozen=True)
class Shown:
    """What a feed shows, or an item: the same gives the same document."""

    partner: str
    """How it is called."""
    names: int
    """The number of the last change of a name that documents show."""
    standing: Sequence[Standing]
    """The newest first."""

    def etag(self, format_: Format, site: Site) -> bytes:
        """Give its ETag in a format; a weak one, for it is the same in every content coding."""
        state = repr((format_.value, site, self.partner, self.names, self.standing))
        return f'W/"{blake2b(state.encode(), digest_size=16).hexdigest()}"'.encode()

    def versions(self, format_: Format) -> list[Which]:
        """Name what has to be written down for it."""
        return [Which(format_, each.article, each.version) for each in self.standing]


def feed_of(
    connection: Connection, code: str, format_: Format, size: int, periods: Periods
) -> Shown | None:
    """Give a partner's newest articles, and the notices of those that were taken back; nothing if
    the format is not in its contract."""
    name = _takes(connection, code, format_)
    if name is None:
        return None
    hour = hour_of(now())
    since = periods.too_old(hour, notice=False)
    articles = [
        *_newest(connection, code, Kind.PUBLISHED, size, since),
        *_newest(connection, code, Kind.CORRECTED, size, since),
    ]
    articles.sort(reverse=True)
    since = periods.too_old(hour, notice=True)
    notices = _newest(connection, code, Kind.RETRACTED, most_notices(size), since)
    window = shown(articles[:size], notices, size)
    return Shown(name, _names(connection), tuple(window))


def item_of(connection: Connection, code: str, format_: Format, article: UUID) -> Shown | None:
    """Give an article as the partner has it now; nothing if it has none, or not in that format."""
    name = _takes(connection, code, format_)
    mine = (HOLDING.c.partner == code, HOLDING.c.article == article)
    row = connection.execute(select(HOLDING).where(*mine)).one_or_none()
    if name is None or row is None or row.kind == Kind.REMOVED:
        return None
    standing = Standing(row.place, row.article, row.version, row.kind == Kind.RETRACTED)
    return Shown(name, _names(connection), (standing,))


def _takes(connection: Connection, code: str, format_: Format) -> str | None:
    """Give the partner's name, if the format is in its contract."""
    query = select(PARTNER.c.name, PARTNER.c.formats).where(PARTNER.c.code == code)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    formats = json.loads(row.formats)
    return row.name if not formats or format_ in formats else None


def _names(connection: Connection) -> int:
    """Give a number that grows with every change of a name: with what names every feed."""
    query = select(LIST.c.revision).where(LIST.c.name == CATALOGUE)
    return connection.scalars(query).one_or_none() or 0


def _newest(
    connection: Connection, code: str, kind: Kind, most: int, since: datetime | None
) -> list[Standing]:
    """Give the newest of a kind: one look into an index."""
    place, article, version = HOLDING.c.place, HOLDING.c.article, HOLDING.c.version
    query = (
        select(place, article, version)
        .where(HOLDING.c.partner == code, HOLDING.c.kind == kind.value)
        .order_by(place.desc(), article.desc())
        .limit(most)
    )
    if since:
        query = query.where(place > since)
    notice = kind is Kind.RETRACTED
    return [Standing(*row, notice) for row in connection.execute(query)]
