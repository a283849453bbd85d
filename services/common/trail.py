"""An append-only table whose entries are chained by their hashes, and how a chain is checked."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    insert,
    select,
)

from services.common.instants import Instant
from services.common.prepared import Prepared

BEGINNING = "0" * 64  # what the first entry follows

audit = Table(
    "audit",
    MetaData(),
    Column(
        "seq",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),  # the id of the key that was used
    Column("unit", Text),  # null: the newsroom or an admin
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False),  # KIND:CODE
    Column("request_id", Text, nullable=False),
    Column("detail", Text, nullable=False),  # JSON
    Column("previous", Text, nullable=False),  # the hash of the entry before
    Column("hash", Text, nullable=False),
    Index("audit_by_object", "object", "seq"),
)

_NEWEST = select(func.max(audit.c.seq)).scalar_subquery()
_HEAD = Prepared(select(audit.c.seq, audit.c.hash).where(audit.c.seq == _NEWEST))
_ADD = Prepared(insert(audit), audit.c.keys())
# Built once: building it takes longer than using it.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_SAID = ("at", "by", "unit", "action", "object", "request_id", "detail")


@dataclass(frozen=True)
class Head:
    """The newest entry: whoever keeps its hash elsewhere can tell if entries were taken away."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Fault:
    """What is wrong with a chain, and where."""

    seq: int
    what: str


def head(conn: Connection) -> Head:
    """Give the newest entry's place and hash."""
    found = _HEAD.rows(conn)
    return Head(*found[0]) if found else Head(0, BEGINNING)


def append(conn: Connection, detail: Mapping[str, object], **said: Any) -> None:  # noqa: ANN401
    """Add an entry after the newest; write transactions follow one another, so it stays that."""
    _ADD.run(conn, **following(head(conn), detail, **said))


def following(before: Head, detail: Mapping[str, object], **said: Any) -> dict[str, Any]:  # noqa: ANN401
    """Make the row that follows an entry."""
    return {
        **said,
        "seq": before.seq + 1,
        "detail": _canonical(detail),
        "previous": before.hash,
        "hash": hash_of(before.hash, {"detail": detail, **said}),
    }


def listed(
    conn: Connection, after: int, limit: int, about: str | None = None
) -> list[dict[str, Any]]:
    """List entries in order, from after `after`; `about` is the object that they tell of."""
    query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(limit)
    if about is not None:
        query = query.where(audit.c.object == about)
    return [row._asdict() | {"detail": json.loads(row.detail)} for row in conn.execute(query)]


def hash_of(previous: str, entry: Mapping[str, Any]) -> str:
    """SHA-256 over the hash of the entry before and what this one says, as canonical JSON.

    The place (`seq`) is not in it: an entry that was moved is still whole, and known as moved.
    """
    said = {name: entry[name] for name in _SAID} | {"at": entry["at"].isoformat()}
    return hashlib.sha256((previous + _canonical(said)).encode()).hexdigest()


def faults(entries: Iterable[Mapping[str, Any]], anchors: Mapping[int, str]) -> Iterator[Fault]:
    """Check a whole chain, from its first entry on; `anchors` are hashes that were kept elsewhere,
    by `seq`. Each entry is read once."""
    last = Head(0, BEGINNING)
    for entry in entries:
        seq = entry["seq"]
        yield from _gap(last.seq, seq)
        if hash_of(entry["previous"], entry) != entry["hash"]:
            yield Fault(seq, "was changed")
        elif entry["previous"] != last.hash and seq == last.seq + 1:
            yield Fault(seq, "does not follow from the one before it")
        elif anchors.get(seq, entry["hash"]) != entry["hash"]:
            yield Fault(seq, "is not the one whose hash was kept")
        last = Head(seq, entry["hash"])
    yield from _gap(last.seq, max(anchors, default=0) + 1)


def _gap(last: int, following: int) -> Iterator[Fault]:
    if following == last + 2:
        yield Fault(last + 1, "is missing")
    elif following > last + 2:
        yield Fault(last + 1, f"is missing, and all up to {following - 1}")


def as_entry(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Read an entry as it is shown in JSON."""
    return {**shown, "at": datetime.fromisoformat(shown["at"])}


def as_json(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Show an entry in JSON."""
    return {**entry, "at": entry["at"].isoformat()}
