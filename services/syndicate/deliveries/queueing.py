"""New entries make deliveries, in the transaction that stores the entries."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from schemas.partner import Kind
from services.common.ids import new_id
from services.common.instants import now
from services.syndicate.changes.entry import NewEntry
from services.syndicate.partner_tables import DELIVERY, WAY

_EXPRESS, _USUAL, _REPLAY = 0, 1, 2
_AT_ONCE = 500  # values in a statement

T = TypeVar("T")


@dataclass(frozen=True)
class _Waiting:
    seq: int
    entry: int
    rank: int


def queue(
    connection: Connection, entries: Sequence[NewEntry], ways: Collection[UUID] | None = None
) -> None:
    """Queue a delivery by each way of the entry's partner that is on (of a replay: by those that
    are chosen). What still waits of older entries of the article is superseded: it is not sent."""
    by_partner = _ways_on(connection, {entry.partner for entry in entries}, ways)
    entries = [entry for entry in entries if entry.partner in by_partner]
    if not entries:
        return
    at = now()
    waiting = _waiting(connection, {entry.article for entry in entries})
    newest = {(entry.partner, entry.article): entry.seq for entry in entries}
    rows: list[dict[str, Any]] = []
    outdated: list[int] = []
    hastened: list[int] = []
    for entry in entries:
        is_newest = newest[entry.partner, entry.article] == entry.seq
        for way in by_partner[entry.partner]:
            before = waiting.pop((way.queue, entry.article), [])
            if any(each.entry >= entry.seq for each in before):
                hastened += [each.seq for each in before]
                continue  # a replay of what is to be told anyhow: now, then
            outdated += [each.seq for each in before]
            # Whatever overtook for the sake of the older one goes on doing so.
            rank = min([_rank(entry), *(each.rank for each in before)])
            rows.append(_row(entry, way, rank, at if is_newest else None, at))
    for seqs in _batched(outdated):
        _supersede(connection, seqs, at)
    for seqs in _batched(hastened):
        _hasten(connection, seqs, at)
    if rows:
        connection.execute(insert(DELIVERY), rows)


def _rank(entry: NewEntry) -> int:
    if entry.replay and not entry.express:
        return _REPLAY
    return _EXPRESS if entry.express or entry.kind is not Kind.PUBLISHED else _USUAL


def _row(
    entry: NewEntry, way: Row[Any], rank: int, due_at: datetime | None, at: datetime
) -> dict[str, Any]:
    return {
        "way": way.id,
        "queue": way.queue,
        "partner": entry.partner,
        "entry": entry.seq,
        "article": entry.article,
        "version": entry.version,
        "message": f"msg_{new_id().hex}",
        "rank": rank,
        "replay": entry.replay,
        "state": "waiting" if due_at else "superseded",
        "due_at": due_at,
        "attempts": 0,
        "created": at,
        "ended": None if due_at else at,
        "trace": entry.trace.model_dump_json(),
    }


def _ways_on(
    connection: Connection, partners: Collection[str], ways: Collection[UUID] | None
) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for some in _batched(sorted(partners)):
        query = select(WAY).where(WAY.c.partner.in_(some), WAY.c.off.is_(None))
        for way in connection.execute(query):
            if ways is None or way.id in ways:
                found.setdefault(way.partner, []).append(way)
    return found


def _waiting(
    connection: Connection, articles: Collection[UUID]
) -> dict[tuple[int, UUID], list[_Waiting]]:
    """What waits of these articles, by queue and article: one each, but for what a fault left."""
    found: dict[tuple[int, UUID], list[_Waiting]] = {}
    for some in _batched(sorted(articles)):
        query = select(DELIVERY).where(DELIVERY.c.article.in_(some), DELIVERY.c.state == "waiting")
        for row in connection.execute(query):
            waits = _Waiting(row.seq, row.entry, row.rank)
            found.setdefault((row.queue, row.article), []).append(waits)
    return found


def _supersede(connection: Connection, seqs: Sequence[int], at: datetime) -> None:
    connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.seq.in_(seqs))
        .values(state="superseded", due_at=None, ended=at)
    )


def _hasten(connection: Connection, seqs: Sequence[int], at: datetime) -> None:
    """Have tried at once what waits after a failure."""
    waits = (DELIVERY.c.due_at > at, DELIVERY.c.lease.is_(None))
    connection.execute(update(DELIVERY).where(DELIVERY.c.seq.in_(seqs), *waits).values(due_at=at))


def _batched(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
