"""HTTP for looking: lists of articles, one of them, and its versions."""

from functools import partial
from itertools import pairwise
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection
from starlette.responses import JSONResponse

from schemas.article import PUBLIC, Genre
from schemas.text import Code
from schemas.times import Time
from services.common.openapi import PROBLEMS
from services.common.problems import not_found
from services.ingest import answers, commands, store, views
from services.ingest.answers import (
    Article,
    ErasedArticle,
    Listed,
    Page,
    RetractedArticle,
    Version,
    WholeVersion,
)
from services.ingest.api import (
    AudienceWanted,
    CallerOf,
    PartsOf,
    call_of,
    refuse_foreign_audience,
)
from services.ingest.commands import Call
from services.ingest.lifecycle import State, Status
from services.ingest.likeness import likeness
from services.ingest.store import Wanted

router = APIRouter(responses=PROBLEMS, prefix="/v1", tags=["articles"])


@router.get("/articles", response_model=Page[Listed])
async def list_articles(
    parts: PartsOf,
    caller: CallerOf,
    status: Status | None = None,
    unit: Annotated[Code | None, Query(description="for the newsroom")] = None,
    genre: Genre | None = None,
    column: Code | None = None,
    campaign: Code | None = None,
    received_from: Annotated[Time | None, Query(alias="from")] = None,
    received_to: Annotated[Time | None, Query(alias="to")] = None,
    audience: AudienceWanted = PUBLIC,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """List own articles, the newest first; the newsroom sees all."""
    refuse_foreign_audience(caller, audience)
    wanted = Wanted(
        caller.unit or unit,
        status,
        genre,
        column,
        campaign,
        received_from,
        received_to,
        audience,
    )

    def look(conn: Connection) -> list[dict[str, Any]]:
        states = store.newest(conn, wanted, cursor, limit + 1)
        show = partial(_in_review if status == "in_review" else _in_list, conn)
        return [show(call_of(parts, caller), state) for state in states]

    items = await parts.database.read(look)
    following = items[limit - 1]["id"] if len(items) > limit else None
    return JSONResponse({"items": items[:limit], "next": following})


@router.get(
    "/articles/{article}",
    response_model=Article | RetractedArticle | ErasedArticle,
    responses=answers.TAGGED,
)
async def get_article(article: UUID, parts: PartsOf, caller: CallerOf) -> Response:
    """Give one article, as handed in, with how it stands."""
    call = call_of(parts, caller)

    def look(conn: Connection) -> dict[str, Any]:
        state = commands.find(conn, call, article)
        given = store.submission_of(conn, article, state.version).submission
        whole = views.whole(state, given, call.archive_url)
        whole["review"] = views.review(store.last_review(conn, article))
        return whole | _likeness(conn, call, state)

    body = await parts.database.read(look)
    return JSONResponse(body, headers={"ETag": f'"{body["version"]}"'})


@router.get("/articles/{article}/versions", response_model=Page[Version])
async def list_versions(
    article: UUID,
    parts: PartsOf,
    caller: CallerOf,
    cursor: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    limit: Annotated[int, Query(ge=1, le=20)] = 10,
) -> Response:
    """List the versions of an article, the newest first, each with what changed in it."""
    call = call_of(parts, caller)

    def look(conn: Connection) -> list[dict[str, Any]]:
        commands.find(conn, call, article)
        rows = [*store.versions_before(conn, article, cursor, limit + 1), None]
        return [views.version(row, before) for row, before in pairwise(rows) if row]

    items = await parts.database.read(look)
    following = str(items[limit - 1]["version"]) if len(items) > limit else None
    return JSONResponse({"items": items[:limit], "next": following})


@router.get("/articles/{article}/versions/{number}", response_model=WholeVersion)
async def get_version(article: UUID, number: int, parts: PartsOf, caller: CallerOf) -> Response:
    """Give a version as it was handed in."""
    call = call_of(parts, caller)

    def look(conn: Connection) -> dict[str, Any]:
        commands.find(conn, call, article)
        row = store.find_version(conn, article, number) if 0 < number < 2**31 else None
        if row is None:
            raise not_found()
        return views.whole_version(row)

    return JSONResponse(await parts.database.read(look))


def _in_list(_: Connection, call: Call, state: State) -> dict[str, Any]:
    return views.summary(state, call.archive_url)


def _in_review(conn: Connection, call: Call, state: State) -> dict[str, Any]:
    return views.summary(state, call.archive_url) | _likeness(conn, call, state)


def _likeness(conn: Connection, call: Call, state: State) -> dict[str, Any]:
    """The newsroom is shown what is alike; a unit gets hints, of what it may know."""
    if state.ended:
        return {}
    alike = likeness.alike(conn, state.id, likeness.find(conn, state.id), call.unit)
    return {"similar": views.similar(alike)} if call.newsroom else {"hints": views.hints((), alike)}
