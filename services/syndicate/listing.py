"""Which versions the feeds do not show yet, and the word that they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from schemas.events import ArticleEvent, Trace, VersionShown
from schemas.topics import DELIVERIES
from services.common.ids import new_id
from services.syndicate import outbox
from services.syndicate.change import Change
from services.syndicate.tables import UNLISTED

_AT_ONCE = 2000


@dataclass(frozen=True)
class Unlisted:
    """A version that is kept, but that no feed shows yet."""

    seq: int
    article: UUID
    version: int
    trace: str


def note(connection: Connection, changes: Sequence[Change], effective: Sequence[bool]) -> None:
    """Keep in mind which versions the feeds will show: with the versions, in one transaction."""
    rows = [
        {
            "article": change.article.id,
            "version": change.article.version,
            "trace": change.trace.model_dump_json(),
        }
        for change, is_new in zip(changes, effective, strict=True)
        if is_new and isinstance(change, ArticleEvent) and change.article.public
    ]
    if rows:
        connection.execute(insert(UNLISTED), rows)


def unlisted(connection: Connection) -> list[Unlisted]:
    """Give those that have waited longest."""
    rows = connection.execute(select(UNLISTED).order_by(UNLISTED.c.seq).limit(_AT_ONCE))
    return [Unlisted(*row) for row in rows]


def mark_listed(connection: Connection, shown: Sequence[Unlisted], at: datetime) -> None:
    """Queue the word that the feeds show them."""
    outbox.add(connection, [_event(version, at) for version in shown], DELIVERIES)
    connection.execute(delete(UNLISTED).where(UNLISTED.c.seq.in_([each.seq for each in shown])))


def _event(shown: Unlisted, at: datetime) -> VersionShown:
    return VersionShown(
        id=new_id(),
        time=at,
        producer="syndicate",
        trace=Trace.model_validate_json(shown.trace),
        article=shown.article,
        version=shown.version,
        where="feeds",
    )
