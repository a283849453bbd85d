"""Deliveries as they stand right before an attempt."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, delete, or_, select, tuple_, update

from schemas.article import Article
from schemas.events import Trace
from schemas.partner import Entry, Kind
from services.common.ids import new_id
from services.syndicate.changes.shown import shown_to_partners
from services.syndicate.deliveries.sending import Parcel
from services.syndicate.deliveries.ways import way_of
from services.syndicate.feeds.site import Site
from services.syndicate.partner_tables import DELIVERY, HOLDING, PARTNER_ENTRY, VERSION, WAY

_KEPT = 32  # articles read before; one has half a megabyte at the most

_OF_ENTRY = (PARTNER_ENTRY.c.partner == DELIVERY.c.partner, PARTNER_ENTRY.c.seq == DELIVERY.c.entry)
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
    )
    .join(WAY, WAY.c.queue == DELIVERY.c.queue)
    .join(PARTNER_ENTRY, and_(*_OF_ENTRY))
)
_NEWER = (
    select(DELIVERY.c.seq, HOLDING.c.seq.label("entry"), HOLDING.c.version)
    .join(
        HOLDING,
        and_(HOLDING.c.partner == DELIVERY.c.partner, HOLDING.c.article == DELIVERY.c.article),
    )
    .where(HOLDING.c.seq > DELIVERY.c.entry)
)

Version = tuple[UUID, int]


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


@dataclass(frozen=True)
class _Text:
    article: Article
    shown: dict[str, Any]


class Loading:
    """Reads deliveries and their articles; of these, it keeps a few."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept: OrderedDict[Version, _Text] = OrderedDict()

    def attempts(
        self, connection: Connection, seqs: Sequence[int], at: datetime
    ) -> Sequence[Attempt]:
        """Read what was taken, in its order. What was erased is dropped; where a newer entry of the
        article was told by other ways, that one goes instead."""
        _bring_up_to_date(connection, seqs)
        found = connection.execute(_AS_IT_STANDS.where(DELIVERY.c.seq.in_(seqs)))
        rows = sorted(found, key=lambda row: seqs.index(row.seq))
        texts = self._texts(connection, rows)
        erased = [row.seq for row in rows if _stands(row) and (row.article, row.version) not in texts]
        if erased:
            connection.execute(delete(DELIVERY).where(DELIVERY.c.seq.in_(erased)))
        return [_attempt(row, texts, at) for row in rows if row.seq not in erased]

    def _texts(self, connection: Connection, rows: Iterable[Row[Any]]) -> dict[Version, _Text]:
        """Give the texts of entries that have one."""
        wanted = {(row.article, row.version) for row in rows if row.entry_kind != Kind.REMOVED}
        if not wanted:
            return {}
        query = select(VERSION.c.article, VERSION.c.version, VERSION.c.json)
        query = query.where(tuple_(VERSION.c.article, VERSION.c.version).in_(list(wanted)))
        texts: dict[Version, _Text] = {}
        for article, version, json in connection.execute(query):
            if json is None:
                self._kept.pop((article, version), None)
            else:
                texts[article, version] = self._text((article, version), json)
        return texts

    def _text(self, version: Version, json: bytes) -> _Text:
        text = self._kept.get(version)
        if text is None:
            article = Article.model_validate_json(json)
            text = self._kept[version] = _Text(article, shown_to_partners(article, self._site))
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return text


def _bring_up_to_date(connection: Connection, seqs: Sequence[int]) -> None:
    for newer in connection.execute(_NEWER.where(DELIVERY.c.seq.in_(seqs))).all():
        connection.execute(
            update(DELIVERY)
            .where(DELIVERY.c.seq == newer.seq)
            # Another message: whoever has taken the old one would not look at it.
            .values(entry=newer.entry, version=newer.version, message=f"msg_{new_id().hex}")
        )


def _stands(row: Row[Any]) -> bool:
    return Kind(row.entry_kind).stands


def _attempt(row: Row[Any], texts: dict[Version, _Text], at: datetime) -> Attempt:
    text = texts.get((row.article, row.version))
    entry = Entry(
        seq=row.entry,
        id=row.article,
        version=row.version,
        kind=Kind(row.entry_kind),
        reason=row.reason,
        digest=row.digest,
        article=text and text.shown,
        replay=row.replay,
    )
    parcel = Parcel(
        way_of(row, at), entry, text and text.article, row.message, row.attempts + 1
    )
    trace = Trace.model_validate_json(row.trace)
    return Attempt(
        row.seq, row.host, parcel, trace, row.failures, row.failing_since, row.slow
    )
