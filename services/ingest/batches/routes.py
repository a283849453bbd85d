"""HTTP for many articles at once: NDJSON in, NDJSON out, a line for a line."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Header, Query, Request, Response
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Receive, Scope, Send

from schemas.text import Code
from services.common.database import Overloaded, savepoint, store_is_at_fault, what_happened
from services.common.given import read
from services.common.instants import now
from services.common.language import language_headers
from services.common.metrics import SUBMISSIONS
from services.common.openapi import NDJSON, PROBLEMS, ndjson_body
from services.common.problems import Problem, fault
from services.common.said import said
from services.ingest import commands, views
from services.ingest.api import CallerOf, Parts, PartsOf, call_of, owner_of
from services.ingest.batches import answers
from services.ingest.batches.ndjson import Line, groups_of_lines
from services.ingest.batches.spool import Spool
from services.ingest.commands import Answer, Call
from services.ingest.submission import MAX_BYTES, Draft, Submission, draft

# One transaction each: larger ones hold up single submissions for longer.
_GROUP = 100

router = APIRouter(responses=PROBLEMS, prefix="/v1", tags=["articles"])

log = structlog.get_logger()


class _Lines(Response):
    """NDJSON."""

    media_type = NDJSON


@router.post(
    "/batches",
    openapi_extra=ndjson_body(Submission),
    response_class=_Lines,
    responses={200: {"model": list[answers.Line], "description": "A line for a line"}},
)
async def submit_batch(
    request: Request,
    parts: PartsOf,
    caller: CallerOf,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
    unit: Annotated[Code | None, Query(description="for the newsroom: whose articles")] = None,
) -> Response:
    """Submit many articles, one a line. Each line is answered as if it had come alone."""
    owner = await owner_of(parts, caller, unit)
    call = call_of(parts, caller)
    batch = _Batch(parts, call, owner, idempotency_key)
    return _Answering(batch, request.stream())


@dataclass(frozen=True)
class _Batch:
    parts: Parts
    call: Call
    owner: str
    key: str | None

    async def results(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[list[dict[str, Any]]]:
        """Take in group after group; while one is being written, the next is read."""
        writing: asyncio.Task[list[dict[str, Any]]] | None = None
        async for group in groups_of_lines(pieces, longest=MAX_BYTES, most=_GROUP):
            drafts = await asyncio.to_thread(_drafts, group)
            if writing:
                yield await writing
            writing = asyncio.create_task(self._write(group, drafts))
        if writing:
            yield await writing

    async def _write(
        self, group: Sequence[Line], drafts: Sequence[Draft | Problem]
    ) -> list[dict[str, Any]]:
        def job(conn: Connection) -> list[Answer | Problem]:
            lines = zip(group, drafts, strict=True)
            return [self._submit(conn, line, given) for line, given in lines]

        outcomes: Sequence[Answer | Problem]
        try:
            outcomes = await self.parts.database.write(job)
        except (SQLAlchemyError, Overloaded, OSError) as error:
            log.error("batch_not_stored", lines=len(group), error=what_happened(error))  # noqa: TRY400
            outcomes = [_not_now()] * len(group)
        self.parts.wake_relay()
        return [_result(line, outcome) for line, outcome in zip(group, outcomes, strict=True)]

    def _submit(self, conn: Connection, line: Line, given: Draft | Problem) -> Answer | Problem:
        if isinstance(given, Problem):
            return given
        key = self.key and f"{self.key}\n{line.number}"  # no header holds a line break
        try:
            with savepoint(conn):
                # A batch may take minutes: each article has a time of its own.
                call = replace(self.call, now=now())
                return commands.submit(conn, call, self.owner, given, key)
        except Problem as problem:
            return problem
        except Exception as error:
            if store_is_at_fault(error):
                raise
            log.exception("line_not_taken", line=line.number)
            return fault()


class _Answering(_Lines):
    """Takes in and answers at once: a client may read as it sends, or send everything first."""

    def __init__(self, batch: _Batch, pieces: AsyncIterator[bytes]) -> None:
        super().__init__(headers=language_headers())
        del self.headers["content-length"]
        self._batch = batch
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        spool = Spool()
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        taking = asyncio.create_task(self._take(spool))
        try:
            async for piece in spool.read():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await taking
        finally:
            taking.cancel()
        await send({"type": "http.response.body", "body": b""})

    async def _take(self, spool: Spool) -> None:
        codes: Counter[int] = Counter()
        try:
            async for results in self._batch.results(self._pieces):
                spool.write(b"".join(json.dumps(r).encode() + b"\n" for r in results))
                codes.update(result["code"] for result in results)
        finally:
            spool.end()
            log.info("batch_taken", unit=self._batch.owner, codes=dict(codes))


def _drafts(group: Sequence[Line]) -> list[Draft | Problem]:
    return [_draft(line) for line in group]


def _draft(line: Line) -> Draft | Problem:
    if line.content is None:
        return Problem("too-large", said("At most {limit:,} bytes are taken.", limit=MAX_BYTES))
    try:
        return draft(read(line.content, Submission))
    except Problem as problem:
        return problem
    except Exception:
        log.exception("line_not_read", line=line.number)
        return fault()


def _not_now() -> Problem:
    return Problem("overloaded", said("It could not be stored or read just now."))


def _result(line: Line, outcome: Answer | Problem) -> dict[str, Any]:
    if isinstance(outcome, Problem):
        told = outcome.body()
        del told["status"]  # in a line that is an article's
        return {"line": line.number, "code": outcome.status} | told
    state = outcome.state
    SUBMISSIONS.labels(state.status).inc()
    return {
        "line": line.number,
        "code": 201 if outcome.created else 200,
        "id": str(state.id),
        "version": state.version,
        "status": state.status,
        "hints": views.hints(outcome.hints, outcome.alike),
    }
