"""What the other services told of versions, to and from its table."""

import json
from collections.abc import Sequence
from functools import partial
from secrets import token_hex
from uuid import UUID

from sqlalchemy import Connection, insert, select

from schemas.events import DeliveryChanged, DeliveryEvent, VersionShown
from services.ingest.tables import hops, identity
from services.ingest.tracking.timeline import Hop, Name

_SHOWN: dict[str, Name] = {"feeds": "listed", "index": "indexed"}


def hop_of(event: DeliveryEvent) -> Hop:
    """Say in the words of the timeline what an event tells."""
    hop = partial(
        Hop, event.record_key, event.article, event.version, event.producer, at=event.time
    )
    match event:
        case VersionShown(where=where):
            return hop(event=_SHOWN[where])
        case DeliveryChanged(state=state, partners=partners, detail=detail):
            return hop(event=state, partners=tuple(partners), detail=detail)


def keep(conn: Connection, told: Sequence[Hop]) -> list[Hop]:
    """Store what is new, and give it; of a fact that was told before, the first time stands."""
    first = {hop.key: hop for hop in reversed(told)}
    known = set(conn.scalars(select(hops.c.key).where(hops.c.key.in_(first))))
    new = [hop for key, hop in first.items() if key not in known]
    if new:
        conn.execute(insert(hops), [_row(hop) for hop in new])
    return new


def of_article(conn: Connection, article: UUID) -> list[Hop]:
    """Give all that was told of an article."""
    rows = conn.execute(select(hops).where(hops.c.article_id == str(article)))
    return [
        Hop(
            key=row.key,
            article=article,
            version=row.version,
            service=row.service,
            event=row.event,
            at=row.at,
            partners=tuple(json.loads(row.partners)),
            detail=row.detail,
        )
        for row in rows
    ]


def database_id(conn: Connection) -> str:
    """Tell this database from any that was there before it."""
    known: str | None = conn.scalars(select(identity.c.id)).one_or_none()
    if known:
        return known
    made = token_hex(4)
    conn.execute(insert(identity), {"id": made})
    return made


def _row(hop: Hop) -> dict[str, object]:
    return {
        "key": hop.key,
        "article_id": str(hop.article),
        "version": hop.version,
        "service": hop.service,
        "event": hop.event,
        "at": hop.at,
        "partners": json.dumps(hop.partners),
        "detail": hop.detail,
    }
