"""What the other services told of versions, to and from its table."""

import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from secrets import token_hex
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from schemas.events import DeliveryChanged, DeliveryEvent, VersionShown
from services.ingest.tables import hops, identity
from services.ingest.tracking.timeline import Hop, Name

_LINES = 20  # of one version and event, before further ones are folded into the newest

_Group = tuple[str, int, str]
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
    apart, folded = _apart(new, _counts(conn, new))
    if apart:
        conn.execute(insert(hops), [_row(hop) for hop in apart])
    for hop in folded:
        _fold(conn, hop)
    return new


def _counts(conn: Connection, new: Sequence[Hop]) -> Counter[_Group]:
    """Count what is kept of each version and event."""
    group = (hops.c.article_id, hops.c.version, hops.c.event)
    articles = {str(hop.article) for hop in new}
    counted = select(*group, func.count()).where(hops.c.article_id.in_(articles)).group_by(*group)
    return Counter({(article, v, event): n for article, v, event, n in conn.execute(counted)})


def _apart(new: Sequence[Hop], counts: Counter[_Group]) -> tuple[list[Hop], list[Hop]]:
    """Share out what has a line of its own, and what is folded: partners come one by one, some
    after many attempts, and that for each of two hundred and for days."""
    apart: list[Hop] = []
    folded: list[Hop] = []
    for hop in new:
        (apart if counts[_group(hop)] < _LINES else folded).append(hop)
        counts[_group(hop)] += 1
    return apart, folded


def _fold(conn: Connection, hop: Hop) -> None:
    """Add `hop` to the newest of its group. Once more, it changes nothing."""
    article, version, event = _group(hop)
    same = (hops.c.article_id == article, hops.c.version == version, hops.c.event == event)
    newest = select(hops).where(*same).order_by(hops.c.at.desc(), hops.c.key).limit(1)
    row = conn.execute(newest).one()
    last = row.last or row.at
    changes: dict[str, object] = {
        "partners": json.dumps(sorted({*json.loads(row.partners), *hop.partners})),
        "last": max(last, hop.at),
    }
    if hop.at >= last:
        changes["detail"] = hop.detail
    conn.execute(update(hops).where(hops.c.key == row.key).values(changes))


def _group(hop: Hop) -> _Group:
    return str(hop.article), hop.version, hop.event


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
            last=row.last,
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
