"""HTTP for the newsroom: how retractions go."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel
from sqlalchemy import Connection

from schemas.text import Code
from services.common.given import refused
from services.common.instants import now
from services.common.problems import FieldError, Problem, not_found
from services.common.said import said
from services.syndicate.circle import reading, takedowns
from services.syndicate.circle.deadlines import OPEN, State
from services.syndicate.circle.reading import Cursor, Ending
from services.syndicate.circle.report import Case, Report, report
from services.syndicate.circle.words import Word
from services.syndicate.partners.admission import office_of
from services.syndicate.partners.routing import newsroom_router

router = newsroom_router(tags=["retractions"])


class Takedown(BaseModel):
    """A retraction that a partner has, or had, to act on."""

    partner: str
    article: UUID
    version: int
    state: State
    word: Word | None
    since: datetime
    deadline: datetime
    test: bool
    """Whether it is of a drill."""


class Looks(BaseModel):
    """At how many places it will be looked."""

    places: int


class Takedowns(BaseModel):
    """Some of them, and the cursor for those that follow."""

    items: list[Takedown]
    next: str | None


@router.get("/articles/{article}/retraction-report")
async def retraction_report(request: Request, article: UUID) -> Report:
    """Tell who had a retracted article, who said that it took it down, what we saw at its page, and
    who is overdue; the worst first. 409 for an article that was not retracted."""
    ending, cases = await office_of(request).database.read(partial(_found, article=article))
    if ending is None:
        raise not_found()
    if not ending.retracted:
        raise Problem("conflict", said("The article was not retracted."))
    return report(article, ending.version, ending.at, cases)


@router.post("/articles/{article}/retraction-report/looks", status_code=202)
async def look_again(request: Request, article: UUID) -> Looks:
    """Look again for a retracted text at all places that partners named, as soon as may be."""
    job = partial(takedowns.look_again, article=article, at=now())
    return Looks(places=await office_of(request).database.write(job))


@router.get("/takedowns")
async def list_takedowns(
    request: Request,
    state: Literal["open", "waiting", "reminded", "overdue", "done"] = "open",
    partner: Code | None = None,
    cursor: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Takedowns:
    """List retractions by partner, those with the earliest deadline first; the open ones, unless
    you ask for others."""
    states = OPEN if state == "open" else (State(state),)
    after = _cursor(cursor) if cursor else None
    rows = await office_of(request).database.read(
        partial(reading.takedowns, states=states, partner=partner, after=after, limit=limit + 1)
    )
    items = [Takedown.model_validate(dict(row._mapping)) for row in rows[:limit]]
    following = None
    if len(rows) > limit:
        following = str(Cursor(items[-1].deadline, items[-1].article, items[-1].partner))
    return Takedowns(items=items, next=following)


def _found(connection: Connection, article: UUID) -> tuple[Ending | None, Sequence[Case]]:
    return reading.ending(connection, article), reading.cases(connection, article)


def _cursor(text: str) -> Cursor:
    try:
        return Cursor.read(text)
    except (ValueError, OverflowError):
        fault = FieldError("/query/cursor", said("is no cursor from here"), "cursor")
        raise refused([fault]) from None
