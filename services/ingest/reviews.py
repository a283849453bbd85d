"""HTTP for the newsroom: what becomes of articles that wait for it."""

from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import JSONResponse

from services.common.given import read
from services.common.openapi import PROBLEMS, json_body
from services.ingest import answers, commands, preconditions, views
from services.ingest.access.routes import newsroom_only
from services.ingest.answers import Summary
from services.ingest.api import CallerOf, PartsOf, call_of, check_owned
from services.ingest.bodies import read_body
from services.ingest.preconditions import IfMatch
from services.ingest.submission import GivenReview

log = structlog.get_logger()

router = APIRouter(
    responses=PROBLEMS, prefix="/v1/admin", tags=["review"], dependencies=[Depends(newsroom_only)]
)


@router.post(
    "/articles/{article}/review",
    response_model=Summary,
    responses=answers.TAGGED,
    openapi_extra=json_body(GivenReview) | preconditions.NEEDED,
)
async def review(
    article: UUID,
    request: Request,
    parts: PartsOf,
    caller: CallerOf,
    if_match: IfMatch = None,
) -> Response:
    """Accept the version that waits, return it to its unit with a note, or reject it.

    `If-Match` names the version that was read: what was changed meanwhile is not accepted unread.
    """
    await check_owned(parts, caller, article)
    call = call_of(parts, caller)
    stale = preconditions.stale(if_match)
    given = read(await read_body(request), GivenReview)
    state = await parts.database.write(
        lambda conn: commands.review(conn, call, article, given, stale)
    )
    parts.wake_relay()
    log.info(
        "article_reviewed",
        article=str(article),
        version=state.version,
        decision=given.decision,
        status=state.status,
    )
    body = views.summary(state, call.archive_url)
    return JSONResponse(body, headers={"ETag": f'"{state.version}"'})
