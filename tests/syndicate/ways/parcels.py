"""Ways and parcels, and partners to whom articles were released."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from schemas.article import Article
from schemas.partner import Entry, Format, Kind
from services.common.database import Database
from services.common.ids import new_id
from services.syndicate.change import Change
from services.syndicate.changes.shown import shown_to_partners
from services.syndicate.ways.background import Background
from services.syndicate.ways.filing.files import Told
from services.syndicate.ways.sending import Parcel, Way
from tests.syndicate.partners_at_work import SITE, Desk
from tests.syndicate.samples import NAMES

PARTNER = "vtv"


def way(kind: str, target: str, format_: Format = Format.JSON, **changes: Any) -> Way:
    """Give a way of the partner."""
    fields = {"host": target, "settings": {}, "secrets": ()} | changes
    return Way(new_id(), PARTNER, kind, format_, target, **fields)


def parcel(to: Way, article: Article, kind: Kind = Kind.PUBLISHED, **changes: Any) -> Parcel:
    """Give the parcel of an article, as the engine would."""
    gone = kind is Kind.REMOVED
    entry: dict[str, Any] = {
        "seq": article.version,
        "id": article.id,
        "version": article.version,
        "kind": kind,
        "digest": "0" * 64,
        "article": None if gone else shown_to_partners(article, SITE),
    }
    made = Entry.model_validate(entry | changes)
    return Parcel(to, made, None if gone else article, f"msg_{made.seq}", 1)


def background(article: Article, *older: Told) -> Background:
    """Give what is known beside it."""
    return Background(older, article, NAMES)


async def released(database: Database, to: Way, *changes: Article | Change) -> Sequence[Parcel]:
    """Release articles to the partner, one after the other; give the parcel of each."""

    def release(connection: Connection) -> Sequence[Parcel]:
        desk = Desk(connection)
        desk.partner(PARTNER)
        found = []
        for change in changes:
            desk.release(change)
            newest = desk.entries(PARTNER)[-1]
            article = change if isinstance(change, Article) else None
            found.append(Parcel(to, newest, article, f"msg_{newest.seq}", 1))
        return found

    return await database.write(release)
