"""Retractions that partners have to act on. Each function is a part of its caller's transaction."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from schemas.events import Trace
from schemas.partner import Kind
from services.syndicate.announcing import news
from services.syndicate.changes.entry import NewEntry
from services.syndicate.changes.versions import Key
from services.syndicate.circle import places, text_prints
from services.syndicate.circle.deadlines import State, after, next_at
from services.syndicate.partner_tables import HOLDING, PARTNER, PARTNER_ENTRY, TAKEDOWN

Follow = Callable[[Connection, Sequence[NewEntry]], None]
"""Has entries told again: by the ways by which a partner is pushed to."""

_OPEN = (State.WAITING, State.REMINDED, State.OVERDUE)
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
    new: list[dict[str, Any]] = []
    prints: dict[Key, int] = {}
    for key, entry in told.items():
        row = _row(entry, had.get(key, 0), timedelta(seconds=seconds[entry.partner]))
        prints[entry.article, row["had"]] = entry.version
        if key in known:
            _ask_again(connection, known[key], row)
        else:
            new.append(row)
    if new:
        connection.execute(insert(TAKEDOWN), new)
    text_prints.keep(connection, prints)
    for partner, article in told:
        places.take_over(connection, partner, article)


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


@dataclass(frozen=True)
class Step:
    """A retraction that has become something else by the time alone."""

    takedown: Row[Any]
    state: State


def step(connection: Connection, at: datetime, limit: int, follow: Follow) -> Sequence[Step]:
    """Remind partners, and note whose time is over; up to `limit`, the earliest first. Writers
    follow one another, so of several processes one does it."""
    due = select(TAKEDOWN).where(TAKEDOWN.c.next_at <= at).order_by(TAKEDOWN.c.next_at).limit(limit)
    steps = []
    for row in connection.execute(due).all():
        state = after(State(row.state), row.since, row.deadline, at)
        values = {"state": state, "next_at": next_at(state, row.since, row.deadline)}
        connection.execute(update(TAKEDOWN).where(_of(row)).values(values))
        if state != row.state:
            steps.append(Step(row, state))
    reminded = [each.takedown for each in steps if each.state is State.REMINDED]
    overdue = [each.takedown for each in steps if each.state is State.OVERDUE]
    follow(connection, [again for row in reminded if (again := _told_again(connection, row, at))])
    for row in overdue:
        places.look_soon(connection, row.partner, row.article, at)
    news.note(connection, (_news(each, at) for each in steps))
    return steps


def is_due(connection: Connection, at: datetime) -> bool:
    """Whether there is anything to step."""
    due = select(TAKEDOWN.c.article).where(TAKEDOWN.c.next_at <= at).limit(1)
    return connection.execute(due).first() is not None


def find(connection: Connection, partner: str, article: UUID) -> Row[Any] | None:
    """Find what a partner has to do about an article."""
    mine = (TAKEDOWN.c.partner == partner, TAKEDOWN.c.article == article)
    return connection.execute(select(TAKEDOWN).where(*mine)).one_or_none()


def counts(connection: Connection) -> Mapping[State, int]:
    """Count those that are open."""
    query = select(TAKEDOWN.c.state, func.count()).where(TAKEDOWN.c.state.in_(_OPEN))
    found = Counter({State(s): n for s, n in connection.execute(query.group_by(TAKEDOWN.c.state))})
    return {state: found[state] for state in _OPEN}


def _told_again(connection: Connection, row: Row[Any], at: datetime) -> NewEntry | None:
    of = and_(HOLDING.c.partner == PARTNER_ENTRY.c.partner, HOLDING.c.article == row.article)
    entry = connection.execute(
        select(PARTNER_ENTRY, HOLDING.c.place)
        .join_from(PARTNER_ENTRY, HOLDING, of)
        .where(PARTNER_ENTRY.c.partner == row.partner, PARTNER_ENTRY.c.seq == row.entry)
    ).one_or_none()
    if entry is None:
        return None
    return NewEntry(
        partner=entry.partner,
        seq=entry.seq,
        article=entry.article,
        version=entry.version,
        kind=Kind(entry.kind),
        reason=entry.reason,
        digest=entry.digest,
        place=entry.place,
        at=at,
        express=True,
        replay=True,
        trace=Trace.model_validate_json(row.trace),
    )


def _news(step: Step, at: datetime) -> news.News:
    row = step.takedown
    return news.News(
        article=row.article,
        version=row.version,
        partner=row.partner,
        state="overdue" if step.state is State.OVERDUE else "reminded",
        at=at,
        trace=row.trace,
        detail=row.word or "",
    )


def _of(row: Row[Any]) -> Any:  # noqa: ANN401 - a condition
    return and_(TAKEDOWN.c.partner == row.partner, TAKEDOWN.c.article == row.article)


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


def _ack_deadlines(connection: Connection, partners: set[str]) -> dict[str, int]:
    query = select(PARTNER.c.code, PARTNER.c.ack_deadline).where(PARTNER.c.code.in_(partners))
    return {row.code: row.ack_deadline for row in connection.execute(query)}
