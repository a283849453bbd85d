"""What a way has to know of an article beside its parcel: what was told of it before, and a version
to write down where the parcel has none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from schemas.article import Article, PubStatus, Retraction
from schemas.partner import Entry, Kind
from services.syndicate.changes.names import names_of
from services.syndicate.deliveries.files import Told
from services.syndicate.deliveries.sending import Parcel
from services.syndicate.feeds.entry import Names
from services.syndicate.feeds.words import words_in
from services.syndicate.partner_tables import PARTNER_ENTRY, VERSION

_MOST = 50  # entries of one article that are looked back on; what is older went with these
_NO_UNIT = "-"


@dataclass(frozen=True)
class Background:
    """What was told before, from first to last; the article to write down, and how what it names
    is called."""

    older: Sequence[Told]
    article: Article
    names: Names


def background_of(connection: Connection, parcel: Parcel) -> Background:
    """Read it."""
    mine = PARTNER_ENTRY.c.partner == parcel.way.partner
    found = connection.execute(
        select(PARTNER_ENTRY)
        .where(mine, PARTNER_ENTRY.c.article == parcel.entry.id)
        .where(PARTNER_ENTRY.c.seq <= parcel.entry.seq)
        .order_by(PARTNER_ENTRY.c.seq.desc())
        .limit(_MOST)
    ).all()
    told = [Told(row.seq, Kind(row.kind), row.version) for row in reversed(found)]
    older = [each for each in told if each.seq < parcel.entry.seq]
    article = parcel.article
    if article is None:
        itself, *_ = found
        article = stand_in(parcel.entry, _newest(connection, parcel.entry), itself.at)
    return Background(older, article, names_of(connection, [article]))


def stand_in(entry: Entry, known: Article | None, at: datetime) -> Article:
    """Write what every format can say of an article that a partner must take down, with nothing of
    its text: that it is canceled."""
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
