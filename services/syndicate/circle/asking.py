"""Who had what is retracted is asked to take it down: in the transaction that tells it so."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update

from schemas.partner import Kind
from services.syndicate.changes import versions
from services.syndicate.changes.entry import NewEntry
from services.syndicate.changes.versions import Key
from services.syndicate.circle import places, text_prints
from services.syndicate.circle.deadlines import State, next_at
from services.syndicate.partner_tables import PARTNER, PARTNER_ENTRY, TAKEDOWN

_STANDS = tuple(kind for kind in Kind if kind.stands)


def note(connection: Connection, entries: Sequence[NewEntry]) -> None:
    """Keep the deadline of each retraction among new entries, counted from now."""
    told = {(e.partner, e.article): e for e in entries if e.kind is Kind.RETRACTED and not e.replay}
    if not told:
        return
    articles = {entry.article for entry in told.values()}
    known = _known(connection, articles)
    had = _had(connection, articles)
    seconds = _ack_deadlines(connection, {entry.partner for entry in told.values()})
    tests = _tests(connection, {(entry.article, entry.version) for entry in told.values()})
    new: list[dict[str, Any]] = []
    prints: dict[Key, int] = {}
    for key, entry in told.items():
        row = _row(entry, had.get(key, 0), timedelta(seconds=seconds[entry.partner]))
        prints[entry.article, row["had"]] = entry.version
        if key in known:
            _ask_again(connection, known[key], row)
        else:
            new.append(row | {"test": entry.article in tests})
    if new:
        connection.execute(insert(TAKEDOWN), new)
    text_prints.keep(connection, prints)
    places.take_over(connection, told.keys())


def _row(entry: NewEntry, had: int, within: timedelta) -> dict[str, Any]:
    deadline = entry.at + within
    return {
        "partner": entry.partner,
        "article": entry.article,
        "version": entry.version,
        "entry": entry.seq,
        "had": had,
        "since": entry.at,
        "deadline": deadline,
        "next_at": next_at(State.WAITING, entry.at, deadline),
        "state": State.WAITING,
        "word": None,
        "word_at": None,
        "pulled_at": None,
        "trace": entry.trace.model_dump_json(),
    }


def _ask_again(connection: Connection, known: Row[Any], row: dict[str, Any]) -> None:
    """A retracted article may yet be erased: what was done is to be done again; but what is still
    open gets no more time for it."""
    if known.state != State.DONE:
        row = {name: row[name] for name in ("version", "entry", "pulled_at", "trace")}
    mine = (TAKEDOWN.c.partner == known.partner, TAKEDOWN.c.article == known.article)
    connection.execute(update(TAKEDOWN).where(*mine).values(row))


def _known(connection: Connection, articles: set[UUID]) -> dict[tuple[str, UUID], Row[Any]]:
    rows = connection.execute(select(TAKEDOWN).where(TAKEDOWN.c.article.in_(articles)))
    return {(row.partner, row.article): row for row in rows}


def _had(connection: Connection, articles: set[UUID]) -> dict[tuple[str, UUID], int]:
    """Give the last version with a text that each partner got."""
    query = (
        select(PARTNER_ENTRY.c.partner, PARTNER_ENTRY.c.article, func.max(PARTNER_ENTRY.c.version))
        .where(PARTNER_ENTRY.c.article.in_(articles), PARTNER_ENTRY.c.kind.in_(_STANDS))
        .group_by(PARTNER_ENTRY.c.partner, PARTNER_ENTRY.c.article)
    )
    return {(partner, article): version for partner, article, version in connection.execute(query)}


def _tests(connection: Connection, retractions: set[Key]) -> set[UUID]:
    found = versions.articles(connection, list(retractions))
    return {article.id for article in found.values() if not article.public}


def _ack_deadlines(connection: Connection, partners: set[str]) -> dict[str, int]:
    query = select(PARTNER.c.code, PARTNER.c.ack_deadline).where(PARTNER.c.code.in_(partners))
    return {row.code: row.ack_deadline for row in connection.execute(query)}
