"""HTTP for erasures, by order only: for the newsroom's own key."""

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from schemas.times import Time
from services.common.given import read
from services.common.openapi import PROBLEMS, json_body
from services.ingest import commands, store, views
from services.ingest.access.routes import admin_only
from services.ingest.answers import TAGGED, Cursor, ErasedArticle, Page
from services.ingest.api import CallerOf, PartsOf, call_of, check_owned
from services.ingest.bodies import read_body
from services.ingest.erasing import erasure
from services.ingest.erasing.eraser import Eraser
from services.ingest.erasing.erasure import Erasing, GivenErasure

log = structlog.get_logger()

router = APIRouter(
    responses=PROBLEMS, prefix="/v1/admin", tags=["erasure"], dependencies=[Depends(admin_only)]
)


class Stand(BaseModel):
    """How far an erasure has come."""

    id: UUID
    begun: Time
    cleaned: Time | None
    sent: Time | None
    done: Time | None


async def eraser_of(request: Request) -> Eraser:
    """Give the eraser that `app.py` has wired."""
    eraser = request.app.state.eraser
    assert isinstance(eraser, Eraser)
    return eraser


@router.post(
    "/articles/{article}/erasure",
    response_model=ErasedArticle,
    responses=TAGGED,
    openapi_extra=json_body(GivenErasure),
)
async def erase(
    article: UUID,
    request: Request,
    parts: PartsOf,
    caller: CallerOf,
    eraser: Annotated[Eraser, Depends(eraser_of)],
) -> Response:
    """Forget an article's text for ever, everywhere. Again changes nothing."""
    await check_owned(parts, caller, article)
    call = call_of(parts, caller)
    given = read(await read_body(request), GivenErasure)

    def work(conn: Connection) -> dict[str, Any]:
        state = commands.erase(conn, call, article, given.reason_code)
        record = store.submission_of(conn, article, state.version).submission
        return views.whole(state, record, parts.settings.archive_url)

    body = await parts.database.write(work)
    parts.wake_relay()
    eraser.want()
    log.info("article_erased", article=str(article), reason_code=given.reason_code, by=caller.key)
    return JSONResponse(body, headers={"ETag": f'"{body["version"]}"'})


@router.get("/erasures", response_model=Page[Stand])
async def list_erasures(
    parts: PartsOf, cursor: Cursor = "", limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> Response:
    """List erasures, and how far each has come: `cleaned` here, `sent` to Kafka, `done`."""
    found = await parts.database.read(lambda conn: erasure.listed(conn, cursor, limit + 1))
    following = str(found[limit - 1].article) if len(found) > limit else None
    return JSONResponse({"items": [_shown(each) for each in found[:limit]], "next": following})


def _shown(each: Erasing) -> dict[str, Any]:
    times = {name: getattr(each, name) for name in ("begun", "cleaned", "sent", "done")}
    return {"id": str(each.article)} | {name: at and at.isoformat() for name, at in times.items()}
