"""The prints that are kept, for as long as somebody may look for their text. Each function is a
part of its caller's transaction."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, delete, exists, insert, or_, select, tuple_

from schemas.article import Article
from services.syndicate.changes import versions
from services.syndicate.changes.versions import Key
from services.syndicate.circle.deadlines import State
from services.syndicate.circle.prints import TextPrint, print_of
from services.syndicate.partner_tables import PLACE, TAKEDOWN, TEXT_PRINT


def keep(connection: Connection, retractions: dict[Key, int]) -> None:
    """Take prints of versions, each with the version that retracts it. Where a text was erased with
    the same stroke, there is none."""
    known = _known(connection, retractions)
    wanted = {key: version for key, version in retractions.items() if key not in known}
    if not wanted:
        return
    notices = {(article, version) for (article, _), version in wanted.items()}
    found = versions.articles(connection, [*wanted, *notices])
    rows = [
        {
            "article": key[0],
            "version": key[1],
            "hashes": print_of(found[key], _notice(found.get((key[0], version)))).model_dump_json(),
        }
        for key, version in wanted.items()
        if key in found
    ]
    if rows:
        connection.execute(insert(TEXT_PRINT), rows)


def find(connection: Connection, article: UUID, version: int) -> TextPrint | None:
    """Give the print of a version, if there is one."""
    query = select(TEXT_PRINT.c.hashes).where(
        TEXT_PRINT.c.article == article, TEXT_PRINT.c.version == version
    )
    found = connection.scalars(query).one_or_none()
    return TextPrint.model_validate_json(found) if found else None


def forget_unneeded(connection: Connection, article: UUID) -> None:
    """Forget the prints of an article whose text nobody has to look for any more."""
    still_open = exists().where(TAKEDOWN.c.article == article, TAKEDOWN.c.state != State.DONE)
    to_look = exists().where(PLACE.c.article == article, PLACE.c.look_at.is_not(None))
    if not connection.scalar(select(or_(still_open, to_look))):
        connection.execute(delete(TEXT_PRINT).where(TEXT_PRINT.c.article == article))


def _known(connection: Connection, keys: Collection[Key]) -> set[Key]:
    key = (TEXT_PRINT.c.article, TEXT_PRINT.c.version)
    rows = connection.execute(select(*key).where(tuple_(*key).in_(list(keys))))
    return {(row.article, row.version) for row in rows}


def _notice(retraction: Article | None) -> str:
    ending = retraction and retraction.retraction
    return f"{ending.notice} {ending.reason}" if ending else ""
