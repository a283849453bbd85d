"""What is written down of an article that a partner must take down, and of whose text nothing may
be said any more."""

from datetime import datetime

from sqlalchemy import Connection, select

from schemas.article import Article, PubStatus, Retraction
from schemas.partner import Entry
from services.syndicate.deliveries.sending import Parcel
from services.syndicate.feeds.words import words_in
from services.syndicate.partner_tables import PARTNER_ENTRY, VERSION

_NO_UNIT = "-"


def stand_in_for(connection: Connection, parcel: Parcel) -> Article:
    """Make it for a parcel without an article: a part of its caller's transaction."""
    entry = parcel.entry
    told_at = select(PARTNER_ENTRY.c.at).where(
        PARTNER_ENTRY.c.partner == parcel.way.partner, PARTNER_ENTRY.c.seq == entry.seq
    )
    return stand_in(entry, _newest(connection, entry), connection.scalars(told_at).one())


def stand_in(entry: Entry, known: Article | None, at: datetime) -> Article:
    """Write what every format can say: that the article is canceled."""
    language = known.language if known else "vi"
    return Article(
        id=entry.id,
        version=entry.version,
        pub_status=PubStatus.CANCELED,
        unit=known.unit if known else _NO_UNIT,
        headline="",
        body="",
        language=language,
        published=known.published if known else at,
        updated=at,
        retraction=Retraction(reason=entry.reason, notice=words_in(language).removed, at=at),
        audience=known.audience if known else "public",
    )


def _newest(connection: Connection, entry: Entry) -> Article | None:
    """Give the newest version that was not erased; of it, only what is no text is told."""
    json = connection.scalars(
        select(VERSION.c.json)
        .where(VERSION.c.article == entry.id, VERSION.c.json.is_not(None))
        .order_by(VERSION.c.version.desc())
        .limit(1)
    ).one_or_none()
    return None if json is None else Article.model_validate_json(json)
