"""What is stored of an article at a partner. Each function is part of its caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from schemas.article import Article
from schemas.partner import Kind
from services.syndicate.changes import holdings
from services.syndicate.changes.deciding import Held
from services.syndicate.changes.entries import reason_now
from services.syndicate.explaining.stored_product import StoredProduct, stored_product
from services.syndicate.partner_tables import (
    ACKNOWLEDGEMENT,
    DELIVERY,
    PARTNER_ENTRY,
    PULLED,
    VERSION,
    WAY,
)

_MOST = 100  # of each kind, the newest


@dataclass(frozen=True)
class Told:
    """An entry that the partner got."""

    seq: int
    version: int
    kind: Kind
    at: datetime
    reason: str
    product: int
    """The number of the one that decided."""


@dataclass(frozen=True)
class Delivery:
    """An entry on its way to the partner by a way that pushes, or at the end of it."""

    way: UUID
    kind: str | None
    """Of the way; nothing where that was taken away."""
    entry: int
    version: int
    state: str
    attempts: int
    due_at: datetime | None
    ended: datetime | None
    error: str | None
    replay: bool


@dataclass(frozen=True)
class Word:
    """What the partner has said."""

    version: int
    state: str
    url: str | None
    at: datetime


@dataclass(frozen=True)
class Facts:
    """A version, a product, and what followed. Lists have the newest first."""

    version: int
    article: Article | None
    """Nothing once it was erased."""
    product: StoredProduct
    held: Held | None
    entries: Sequence[Told]
    deliveries: Sequence[Delivery]
    words: Sequence[Word]
    pulled: int
    """The seq up to which the partner was given its changes; 0 before the first."""


def facts(
    connection: Connection,
    partner: str,
    article: UUID,
    version: int | None = None,
    product: int | None = None,
) -> Facts | None:
    """Gather what is known, of the newest version and the present product where no other is asked
    for; nothing where there is no such partner, product or released version."""
    stored = stored_product(connection, partner, product)
    released = _released(connection, article, version)
    if stored is None or released is None:
        return None
    held = holdings.of_articles(connection, [article], partner).get(article, {}).get(partner)
    return Facts(
        version=released.version,
        article=Article.model_validate_json(released.json) if released.json else None,
        product=stored,
        held=held,
        entries=_entries(connection, partner, article, held),
        deliveries=_deliveries(connection, partner, article),
        words=_words(connection, partner, article),
        pulled=_pulled(connection, partner),
    )


def _released(connection: Connection, article: UUID, version: int | None) -> Row[Any, Any] | None:
    query = select(VERSION.c.version, VERSION.c.json).where(VERSION.c.article == article)
    if version is not None:
        query = query.where(VERSION.c.version == version)
    return connection.execute(query.order_by(VERSION.c.version.desc()).limit(1)).one_or_none()


def _entries(
    connection: Connection, partner: str, article: UUID, held: Held | None
) -> Sequence[Told]:
    if held is None:
        return ()
    columns = [
        PARTNER_ENTRY.c[name] for name in ("seq", "version", "kind", "at", "reason", "product")
    ]
    mine = (PARTNER_ENTRY.c.partner == partner, PARTNER_ENTRY.c.article == article)
    query = select(*columns).where(*mine).order_by(PARTNER_ENTRY.c.seq.desc()).limit(_MOST)
    return [
        Told(
            seq=row.seq,
            version=row.version,
            kind=Kind(row.kind),
            at=row.at,
            reason=reason_now(row.reason, row.seq, held.seq, held.kind),
            product=row.product,
        )
        for row in connection.execute(query)
    ]


def _deliveries(connection: Connection, partner: str, article: UUID) -> Sequence[Delivery]:
    names = ("way", "entry", "version", "state", "attempts", "due_at", "ended", "error", "replay")
    query = (
        select(*(DELIVERY.c[name] for name in names), WAY.c.kind)
        .join_from(DELIVERY, WAY, WAY.c.id == DELIVERY.c.way, isouter=True)
        .where(DELIVERY.c.partner == partner, DELIVERY.c.article == article)
        .order_by(DELIVERY.c.seq.desc())
        .limit(_MOST)
    )
    return [Delivery(**row._asdict()) for row in connection.execute(query)]


def _words(connection: Connection, partner: str, article: UUID) -> Sequence[Word]:
    columns = [ACKNOWLEDGEMENT.c[name] for name in ("version", "state", "url", "at")]
    mine = (ACKNOWLEDGEMENT.c.partner == partner, ACKNOWLEDGEMENT.c.article == article)
    query = select(*columns).where(*mine).order_by(ACKNOWLEDGEMENT.c.seq.desc()).limit(_MOST)
    return [Word(**row._asdict()) for row in connection.execute(query)]


def _pulled(connection: Connection, partner: str) -> int:
    query = select(PULLED.c.seq).where(PULLED.c.partner == partner)
    return connection.scalars(query).one_or_none() or 0
