"""What stands in the outbox of an article."""

from uuid import UUID

from sqlalchemy import select

from schemas.events import ARTICLE_EVENT, ArticleEvent
from schemas.topics import ARTICLES, Topic
from services.common.database import Database
from services.ingest.tables import outbox


async def events(database: Database, article: UUID, topic: Topic = ARTICLES) -> list[ArticleEvent]:
    query = (
        select(outbox.c.value)
        .where(outbox.c.topic == topic.name, outbox.c.lane == f"{topic.name}/{article}")
        .where(outbox.c.value.is_not(None))  # a tombstone tells nothing
        .order_by(outbox.c.seq)
    )
    values = await database.read(lambda conn: conn.scalars(query).all())
    return [ARTICLE_EVENT.validate_json(value) for value in values]


async def events_after(database: Database, seq: int) -> list[tuple[int, ArticleEvent]]:
    """Give the events of all articles in the order in which they were stored, numbered."""
    query = select(outbox.c.seq, outbox.c.value).where(
        outbox.c.topic == ARTICLES.name, outbox.c.seq > seq
    )
    rows = await database.read(lambda conn: conn.execute(query.order_by(outbox.c.seq)).all())
    return [(row.seq, ARTICLE_EVENT.validate_json(row.value)) for row in rows]
