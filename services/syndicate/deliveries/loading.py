"""Deliveries as they stand right before an attempt."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update

from schemas.article import Article
from schemas.events import Trace
from schemas.partner import Entry, Kind
from services.syndicate.changes import versions
from services.syndicate.changes.shown import shown_to_partners
from services.syndicate.feeds.site import Site
from services.syndicate.partner_tables import DELIVERY, HOLDING, PARTNER, PARTNER_ENTRY, WAY
from services.syndicate.ways.sending import Parcel
from services.syndicate.ways.store import way_of

_OF_ENTRY = (PARTNER_ENTRY.c.partner == DELIVERY.c.partner, PARTNER_ENTRY.c.seq == DELIVERY.c.entry)
_OF_ARTICLE = (HOLDING.c.partner == DELIVERY.c.partner, HOLDING.c.article == DELIVERY.c.article)
_AS_IT_STANDS = (
    select(
        WAY,
        DELIVERY.c.seq,
        DELIVERY.c.entry,
        DELIVERY.c.article,
        DELIVERY.c.version,
        DELIVERY.c.message,
        DELIVERY.c.replay,
        DELIVERY.c.attempts,
        DELIVERY.c.trace,
        PARTNER_ENTRY.c.kind.label("entry_kind"),
        PARTNER_ENTRY.c.reason,
        PARTNER_ENTRY.c.digest,
        HOLDING.c.seq.label("newest"),
        PARTNER.c.active,
    )
    .join(WAY, WAY.c.queue == DELIVERY.c.queue)
    .join(PARTNER_ENTRY, and_(*_OF_ENTRY))
    .join(HOLDING, and_(*_OF_ARTICLE))
    .join(PARTNER, PARTNER.c.code == DELIVERY.c.partner)
)


@dataclass(frozen=True)
class Attempt:
    """A delivery that was taken, with its parcel."""

    seq: int
    host: str
    parcel: Parcel
    trace: Trace
    failures: int
    """Of its way, in a row."""
    failing_since: datetime | None
    slow: bool
    """Its way, the last time."""


class Loading:
    """Reads deliveries, with their articles."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def attempts(
        self, connection: Connection, seqs: Sequence[int], at: datetime
    ) -> Sequence[Attempt]:
        """Read what was taken, in its order; end what is not to be sent any more."""
        order = {seq: place for place, seq in enumerate(seqs)}
        found = connection.execute(_AS_IT_STANDS.where(DELIVERY.c.seq.in_(seqs)))
        rows = sorted(found, key=lambda row: order[row.seq])
        texts = versions.articles(connection, list({_version(r) for r in rows if _has_text(r)}))
        sent = [row for row in rows if row.newest == row.entry and _can_be_told(row, texts)]
        if ended := order.keys() - {row.seq for row in sent}:
            _end(connection, ended, at)
        shown = {version: shown_to_partners(text, self._site) for version, text in texts.items()}
        return [_attempt(row, texts, shown, at) for row in sent]


def _end(connection: Connection, seqs: Collection[int], at: datetime) -> None:
    """What a newer entry has taken the place of, what was erased, or what is for a partner that is
    not active."""
    ended = {"state": "superseded", "due_at": None, "lease": None, "ended": at}
    connection.execute(update(DELIVERY).where(DELIVERY.c.seq.in_(seqs)).values(ended))


def _version(row: Row[Any]) -> versions.Key:
    return row.article, row.version


def _has_text(row: Row[Any]) -> bool:
    return bool(row.entry_kind != Kind.REMOVED)


def _can_be_told(row: Row[Any], texts: Container[versions.Key]) -> bool:
    return not Kind(row.entry_kind).stands or (row.active and _version(row) in texts)


def _attempt(
    row: Row[Any],
    texts: Mapping[versions.Key, Article],
    shown: Mapping[versions.Key, dict[str, Any]],
    at: datetime,
) -> Attempt:
    entry = Entry(
        seq=row.entry,
        id=row.article,
        version=row.version,
        kind=Kind(row.entry_kind),
        reason=row.reason,
        digest=row.digest,
        article=shown.get(_version(row)) if _has_text(row) else None,
        replay=row.replay,
    )
    article = texts.get(_version(row)) if _has_text(row) else None
    parcel = Parcel(way_of(row, at), entry, article, row.message, row.attempts + 1)
    trace = Trace.model_validate_json(row.trace)
    return Attempt(row.seq, row.host, parcel, trace, row.failures, row.failing_since, row.slow)
