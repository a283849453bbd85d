"""Which articles use which files: what an erasure may delete is used by no other."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, delete, exists, insert, select

from services.ingest.submission import GivenMedia
from services.ingest.tables import media_uses


def note(conn: Connection, article: UUID, given: Sequence[GivenMedia]) -> None:
    """Note that a version of the article names these files."""
    named = {str(each.id) for each in given if each.id}
    if not named:
        return
    mine = media_uses.c.article_id == str(article)
    named -= set(conn.scalars(select(media_uses.c.media_id).where(mine)))
    if named:
        rows = [{"media_id": each, "article_id": str(article)} for each in sorted(named)]
        conn.execute(insert(media_uses), rows)


def give_up(conn: Connection, article: UUID) -> list[str]:
    """Forget what the article uses; give the files that nobody uses any more."""
    mine = media_uses.c.article_id == str(article)
    other = media_uses.alias()
    shared = exists().where(
        other.c.media_id == media_uses.c.media_id, other.c.article_id != str(article)
    )
    own = list(conn.scalars(select(media_uses.c.media_id).where(mine, ~shared)))
    conn.execute(delete(media_uses).where(mine))
    return own
