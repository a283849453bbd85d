"""HTTP for units: articles."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, Query, Request, Response, Security
from starlette.responses import JSONResponse

from schemas.article import PUBLIC, Audience
from schemas.text import Code
from services.common.database import Database
from services.common.given import read, refused
from services.common.instants import now
from services.common.language import language_headers
from services.common.metrics import SUBMISSIONS
from services.common.openapi import PROBLEMS, BearerKey, json_body
from services.common.problems import FieldError, Problem
from services.common.said import said
from services.common.trace import current_trace
from services.ingest import answers, commands, preconditions, views
from services.ingest.access.admission import Admission
from services.ingest.access.keyring import Caller
from services.ingest.answers import Summary
from services.ingest.bodies import read_body
from services.ingest.commands import Answer, Call
from services.ingest.likeness import likeness
from services.ingest.likeness.likeness import Crowd
from services.ingest.preconditions import IfMatch
from services.ingest.registry import entries as registry
from services.ingest.settings import IngestSettings
from services.ingest.submission import Change, Draft, GivenRetraction, Submission, draft

log = structlog.get_logger()


@dataclass(frozen=True)
class Parts:
    """What the routes work with."""

    settings: IngestSettings
    database: Database
    admission: Admission
    wake_relay: Callable[[], None]
    crowd: Crowd = field(default_factory=Crowd)


async def parts_of(request: Request) -> Parts:
    """Give the parts that `app.py` has wired. Async, as FastAPI runs others in a thread."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


async def caller_of(
    request: Request,
    parts: Annotated[Parts, Depends(parts_of)],
    authorization: Annotated[str | None, Security(BearerKey())],
) -> Caller:
    """Tell who calls, before anything else is looked at."""
    return await parts.admission.admit(request, authorization)


AudienceWanted = Annotated[
    Audience,
    Query(description="for the newsroom: `partner:CODE` for a test that this partner alone gets"),
]
PartsOf = Annotated[Parts, Depends(parts_of)]
CallerOf = Annotated[Caller, Depends(caller_of)]

# Longer ones are read in a thread: their HTML may take the parser a while.
_LONG = 32 * 1024  # bytes

router = APIRouter(responses=PROBLEMS, prefix="/v1", tags=["articles"])


@router.post(
    "/articles",
    status_code=201,
    response_model=Summary,
    responses=answers.STORED | answers.AS_BEFORE,
    openapi_extra=json_body(Submission),
)
async def submit(
    request: Request,
    parts: PartsOf,
    caller: CallerOf,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
    unit: Annotated[Code | None, Query(description="for the newsroom: whose article it is")] = None,
    audience: AudienceWanted = PUBLIC,
) -> Response:
    """Submit an article. 201 means that it is stored for good, and on its way."""
    refuse_foreign_audience(caller, audience)
    body = await read_body(request)
    with parts.crowd.joined() as calm:
        given = await _draft(body, Submission)
        if calm and len(body) <= _LONG:
            given = replace(given, signature=likeness.sign(given))
        call = call_of(parts, caller)
        owner = await owner_of(parts, caller, unit)
        answer = await parts.database.write(
            lambda conn: commands.submit(conn, call, owner, given, idempotency_key, audience)
        )
    return _answered(parts, answer, "article_submitted", 201 if answer.created else 200)


@router.put(
    "/articles/{article}",
    response_model=Summary,
    responses=answers.TAGGED,
    openapi_extra=json_body(Change) | preconditions.NEEDED,
)
async def change(
    article: UUID,
    request: Request,
    parts: PartsOf,
    caller: CallerOf,
    if_match: IfMatch = None,
) -> Response:
    """Store a whole new version."""
    await check_owned(parts, caller, article)
    stale = preconditions.stale(if_match)
    given = await _draft(await read_body(request), Change)
    call = call_of(parts, caller)
    answer = await parts.database.write(
        lambda conn: commands.change(conn, call, article, given, stale)
    )
    return _answered(parts, answer, "article_changed", 200)


@router.post(
    "/articles/{article}/retraction",
    response_model=Summary,
    responses=answers.TAGGED,
    openapi_extra=json_body(GivenRetraction),
)
async def retract(article: UUID, request: Request, parts: PartsOf, caller: CallerOf) -> Response:
    """Take an article back, everywhere. Again changes nothing."""
    await check_owned(parts, caller, article)
    given = read(await read_body(request), GivenRetraction)
    call = call_of(parts, caller)
    state = await parts.database.write(lambda conn: commands.retract(conn, call, article, given))
    return _answered(parts, Answer(state), "article_retracted", 200)


async def _draft(body: bytes, model: type[Submission]) -> Draft:
    def work() -> Draft:
        return draft(read(body, model))

    return await asyncio.to_thread(work) if len(body) > _LONG else work()


async def check_owned(parts: Parts, caller: Caller, article: UUID) -> None:
    """Raise Problem where the article is not the caller's: before its body is looked at."""
    call = call_of(parts, caller)
    await parts.database.read(lambda conn: commands.find(conn, call, article))


def call_of(parts: Parts, caller: Caller) -> Call:
    """Say who asks, by which request, and when."""
    return Call(caller.unit, caller.key, current_trace(), now(), parts.settings.archive_url)


def refuse_foreign_audience(caller: Caller, audience: str) -> None:
    """Raise Problem where a unit asks for what is not for everybody."""
    if caller.unit is not None and audience != PUBLIC:
        raise Problem("forbidden", said("Only the newsroom tests the line to a partner."))


async def owner_of(parts: Parts, caller: Caller, unit: str | None) -> str:
    """Say whose article is being submitted. Raises Problem."""
    if caller.unit is not None:
        if unit not in (None, caller.unit):
            raise Problem("forbidden", said("A unit submits for itself only."))
        return caller.unit
    if unit is None:
        needed = said("the newsroom must say whose article it is")
        raise refused([FieldError("?unit", needed, "missing")])
    if await parts.database.read(lambda conn: registry.find(conn, "unit", unit)) is None:
        raise refused([FieldError("?unit", said("there is no unit {unit}", unit=unit), "unknown")])
    return unit


def _answered(parts: Parts, answer: Answer, event: str, code: int) -> Response:
    parts.wake_relay()
    state = answer.state
    SUBMISSIONS.labels(state.status).inc()
    log.info(event, article=str(state.id), version=state.version, unit=state.unit, code=code)
    return JSONResponse(
        views.summary(state, parts.settings.archive_url, answer.hints, answer.alike),
        code,
        {
            "Location": f"/v1/articles/{state.id}",
            "ETag": f'"{state.version}"',
            **language_headers(),
        },
    )
