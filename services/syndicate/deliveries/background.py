"""What a way has to know of an article beside its parcel: what was told of it before, and a version
to write down where the parcel has none."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from schemas.article import Article
from schemas.partner import Kind
from services.syndicate.changes.names import names_of
from services.syndicate.deliveries.files import Told
from services.syndicate.deliveries.sending import Parcel
from services.syndicate.deliveries.stand_in import stand_in_for
from services.syndicate.feeds.entry import Names
from services.syndicate.partner_tables import PARTNER_ENTRY

_MOST = 50  # entries of one article that are looked back on; what is older went with these


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
        .where(PARTNER_ENTRY.c.seq < parcel.entry.seq)
        .order_by(PARTNER_ENTRY.c.seq.desc())
        .limit(_MOST)
    ).all()
    older = [Told(row.seq, Kind(row.kind), row.version) for row in reversed(found)]
    article = parcel.article or stand_in_for(connection, parcel)
    return Background(older, article, names_of(connection, [article]))
