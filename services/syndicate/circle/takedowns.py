"""Retractions that partners have to act on. Each function is a part of its caller's transaction."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, func, select, update

from schemas.events import Trace
from services.syndicate.announcing import news
from services.syndicate.changes.entry import NewEntry, told_again
from services.syndicate.circle import places, text_prints
from services.syndicate.circle.deadlines import OPEN, State, after, next_at
from services.syndicate.partner_tables import HOLDING, PARTNER_ENTRY, TAKEDOWN

Follow = Callable[[Connection, Sequence[NewEntry]], None]
"""Has entries told again: by the ways by which a partner is pushed to."""


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


def look_again(connection: Connection, article: UUID, at: datetime) -> int:
    """Have the text looked for at all partners; say at how many places."""
    query = select(TAKEDOWN.c.had, TAKEDOWN.c.version).where(TAKEDOWN.c.article == article)
    had = {(article, row.had): row.version for row in connection.execute(query)}
    text_prints.keep(connection, had)
    return places.look_again(connection, article, at)


def counts(connection: Connection) -> Mapping[State, int]:
    """Count those that are open, but for those of drills."""
    mine = (TAKEDOWN.c.state.in_(OPEN), TAKEDOWN.c.test.is_(False))
    query = select(TAKEDOWN.c.state, func.count()).where(*mine)
    found = Counter({State(s): n for s, n in connection.execute(query.group_by(TAKEDOWN.c.state))})
    return {state: found[state] for state in OPEN}


def _told_again(connection: Connection, row: Row[Any], at: datetime) -> NewEntry | None:
    of = and_(HOLDING.c.partner == PARTNER_ENTRY.c.partner, HOLDING.c.article == row.article)
    entry = connection.execute(
        select(PARTNER_ENTRY, HOLDING.c.place)
        .join_from(PARTNER_ENTRY, HOLDING, of)
        .where(PARTNER_ENTRY.c.partner == row.partner, PARTNER_ENTRY.c.seq == row.entry)
    ).one_or_none()
    if entry is None:
        return None
    trace = Trace.model_validate_json(row.trace)
    return told_again(entry, at, trace, express=True)


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
