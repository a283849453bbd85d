"""What stands in the outbox of an article."""

from uuid import UUID

from sqlalchemy import select

from schemas.events import ARTICLE_EVENT, ArticleEvent
from schemas.topics import ARTICLES
from services.common.database import Database
from services.ingest.tables import outbox


async def events(database: Database, article: UUID) -> list[ArticleEvent]:
    query = (
        select(outbox.c.value)
        .where(outbox.c.topic == ARTICLES.name, outbox.c.lane == f"{ARTICLES.name}/{article}")
        .order_by(outbox.c.seq)
    )
    values = await database.read(lambda conn: conn.scalars(query).all())
    return [ARTICLE_EVENT.validate_json(value) for value in values]


async def all_events(database: Database, after: int = 0) -> list[ArticleEvent]:
    """Give the events of all articles in the order in which they were stored."""
    query = select(outbox.c.value).where(outbox.c.topic == ARTICLES.name).order_by(outbox.c.seq)
    values = await database.read(lambda conn: conn.scalars(query.offset(after)).all())
    return [ARTICLE_EVENT.validate_json(value) for value in values]
