"""The same story handed in twice: noticed by MinHash, looked up by bands (LSH) in the database.

Why not in memory: several processes take articles in, and each may be started anew.
"""

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice
from uuid import UUID

from rensa import RMinHash
from sqlalchemy import Connection, bindparam, delete, insert, select, union_all

from services.common.instants import now
from services.common.text import folded_words
from services.ingest import store
from services.ingest.lifecycle import State
from services.ingest.submission import Draft
from services.ingest.tables import signature_bands, signatures
from services.ingest.text.body import text_of

# Two articles are looked at if all four numbers of one band agree, which at a likeness of 0.5
# happens in two of three pairs, at 0.7 nearly always; then the whole signatures are compared.
_NUMBERS, _BAND = 64, 4
_ALIKE = 0.5
_SHINGLE = 3  # words
_FEWEST_WORDS = 20
_MOST_CHARACTERS = 50_000
_KEPT = timedelta(days=30)
_FROM_ONE_BAND = 20  # the newest; a phrase that everyone uses must not cost more
_SHOWN = 5
_CALM = 4  # requests at a time

_LAYOUT = struct.Struct(f"<{_NUMBERS}I")
_BANDS = range(0, _NUMBERS, _BAND)
_IN_A_BAND = union_all(
    *(
        select(
            select(signature_bands.c.article_id)
            .where(signature_bands.c.band == bindparam(f"band_{place}"))
            .order_by(signature_bands.c.article_id.desc())
            .limit(_FROM_ONE_BAND)
            .subquery()
        )
        for place in _BANDS
    )
)


@dataclass(frozen=True)
class Alike:
    """Another article that tells nearly the same, and how much of it: 0.5 to 1."""

    article: UUID
    unit: str
    headline: str
    score: float


class Crowd:
    """Tells how many are served at a time: what can wait is done at once only if few are."""

    def __init__(self) -> None:
        self._size = 0

    @contextmanager
    def joined(self) -> Iterator[bool]:
        """Be one of them; gives whether it is calm."""
        self._size += 1
        try:
            yield self._size <= _CALM
        finally:
            self._size -= 1


def sign(draft: Draft) -> bytes:
    """Make the signature of an article's text; empty where that is too short to be likened."""
    given = draft.submission
    text = f"{given.headline}\n{given.lead}\n{text_of(draft.body.html)}"
    words = folded_words(text[:_MOST_CHARACTERS])
    if len(words) < _FEWEST_WORDS:
        return b""
    numbers = RMinHash(_NUMBERS, 1)
    numbers.update(list(map(" ".join, zip(*(words[n:] for n in range(_SHINGLE)), strict=False))))
    return _LAYOUT.pack(*numbers.digest())


def add(conn: Connection, article: UUID, signature: bytes) -> None:
    """Keep an article's signature."""
    conn.execute(insert(signatures), {"article_id": str(article), "signature": signature})
    if bands := _bands(signature):
        rows = [{"band": band, "article_id": str(article)} for band in bands]
        conn.execute(insert(signature_bands), rows)


def find(conn: Connection, article: UUID) -> bytes:
    """Give an article's signature; empty if it has none (yet)."""
    query = select(signatures.c.signature).where(signatures.c.article_id == str(article))
    return conn.scalar(query) or b""


def alike(conn: Connection, article: UUID, signature: bytes, seen_by: str | None) -> list[Alike]:
    """Find articles of the last 30 days that tell the same, the likest first.

    A unit is told of its own, and of what stands in the paper for everyone to read: so it learns
    nothing of what another holds back. The newsroom (None) is told of all.
    """
    bands = {f"band_{place}": band for place, band in zip(_BANDS, _bands(signature), strict=False)}
    if not bands:
        return []
    oldest = first_id(now() - _KEPT)
    near = {row[0] for row in conn.execute(_IN_A_BAND, bands)} - {str(article)}
    query = select(signatures).where(
        signatures.c.article_id.in_(near), signatures.c.article_id >= oldest
    )
    scores = {row.article_id: _likeness(signature, row.signature) for row in conn.execute(query)}
    ranked = sorted((name for name in scores if scores[name] >= _ALIKE), key=lambda n: -scores[n])
    found = (store.find(conn, UUID(name)) for name in ranked)
    shown = (state for state in found if state and _may_see(state, seen_by))
    return [
        Alike(state.id, state.unit, state.headline, round(scores[str(state.id)], 2))
        for state in islice(shown, _SHOWN)
    ]


def told_again(conn: Connection, told: Iterable[Alike], seen_by: str | None) -> Iterator[Alike]:
    """Give those that were told of once as they are called now, if they still may be told of."""
    for each in told:
        state = store.find(conn, each.article)
        if state and _may_see(state, seen_by):
            yield replace(each, headline=state.headline)


def forget(conn: Connection, article: UUID) -> None:
    """Forget an article's signature."""
    name = str(article)
    rows = [{"of": band, "who": name} for band in _bands(find(conn, article))]
    if rows:
        conn.execute(
            delete(signature_bands).where(
                signature_bands.c.band == bindparam("of"),
                signature_bands.c.article_id == bindparam("who"),
            ),
            rows,
        )
    conn.execute(delete(signatures).where(signatures.c.article_id == name))


def forget_old(conn: Connection, at: datetime, limit: int = 500) -> int:
    """Forget signatures that are 30 days old `at` that time; return how many."""
    query = select(signatures.c.article_id).where(signatures.c.article_id < first_id(at - _KEPT))
    old = conn.scalars(query.limit(limit)).all()
    for name in old:
        forget(conn, UUID(name))
    return len(old)


def first_id(at: datetime) -> str:
    """Give what sorts before every id that was made from `at` on (RFC 9562, section 5.7)."""
    milliseconds = f"{max(0, int(at.timestamp() * 1000)):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}"


def _may_see(state: State, seen_by: str | None) -> bool:
    if state.status == "erased":
        return False
    return seen_by in (None, state.unit) or state.status == "published"


def _bands(signature: bytes) -> list[int]:
    size = _BAND * 4
    return [
        # 63 bits: what every database holds as a number. With its place, as bands are apart.
        int.from_bytes(blake2b(signature[at : at + size], digest_size=8, salt=b"%d" % at).digest())
        >> 1
        for at in range(0, len(signature), size)
    ]


def _likeness(one: bytes, other: bytes) -> float:
    pairs = zip(_LAYOUT.unpack(one), _LAYOUT.unpack(other), strict=True)
    agreeing = sum(1 for mine, theirs in pairs if mine == theirs)
    return agreeing / _NUMBERS
