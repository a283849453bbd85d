"""How what articles name by code is called, for whoever writes them down. Each function is a part
of its caller's transaction."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from schemas.article import Article
from services.syndicate.feeds.entry import Names
from services.syndicate.feeds.families import TITLES, title_of
from services.syndicate.partner_tables import MEDIA_TOPIC
from services.syndicate.tables import FEED


def names_of(connection: Connection, articles: Iterable[Article]) -> Names:
    """Give the names that documents of these articles show, and the Media Topics of their
    columns."""
    some = list(articles)
    columns = {article.column for article in some if article.column}
    wanted = {name for article in some for name in _named(article)}
    query = select(FEED.c.name, FEED.c.title).where(FEED.c.name.in_(wanted))
    registered = {row.name: row.title for row in connection.execute(query)}
    topics = select(MEDIA_TOPIC).where(MEDIA_TOPIC.c.column.in_(columns))
    return {name: title_of(name, registered.get(name)) for name in wanted} | {
        f"media_topics/{row.column}": row.topic for row in connection.execute(topics)
    }


def all_names(connection: Connection) -> Names:
    """Give all that there are, for who writes down many articles one by one."""
    named = connection.execute(select(FEED.c.name, FEED.c.title))
    topics = connection.execute(select(MEDIA_TOPIC))
    return (
        TITLES
        | {row.name: title_of(row.name, row.title) for row in named}
        | {f"media_topics/{row.column}": row.topic for row in topics}
    )


def _named(article: Article) -> Iterable[str]:
    yield f"units/{article.unit}"
    yield f"genres/{article.genre}"
    if article.column:
        yield f"columns/{article.column}"
    for campaign in article.campaigns:
        yield f"campaigns/{campaign}"
