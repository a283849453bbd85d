"""HTTP for uploads: sending one in, and looking at one's own."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from starlette.responses import JSONResponse

from services.common.database import Overloaded
from services.common.instants import now
from services.common.media import MediaStore, StoreError
from services.common.openapi import PROBLEMS
from services.common.problems import Problem, not_found
from services.common.renditions import ORIGINAL, rendition
from services.common.streaming import FILE_ANSWERS, stored_file
from services.ingest.answers import MADE
from services.ingest.api import CallerOf, Parts, PartsOf
from services.ingest.media import records
from services.ingest.media.answers import Described
from services.ingest.media.checking import Workshops
from services.ingest.media.found import Found
from services.ingest.media.kinds import (
    FORMATS,
    Format,
    Refused,
    check_claims,
    check_family,
    file_name,
)
from services.ingest.media.places import Places
from services.ingest.media.receiving import Upload, limits_of, receive
from services.ingest.media.staging import workplace

log = structlog.get_logger()
router = APIRouter(responses=PROBLEMS, prefix="/v1/media", tags=["media"])


@dataclass(frozen=True)
class Desk:
    """What uploads need: where they are kept, worked on, and checked."""

    store: MediaStore
    staged: Path
    workshops: Workshops = field(default_factory=Workshops)
    places: Places = field(default_factory=Places)


async def desk_of(request: Request) -> Desk:
    """Give the desk that `app.py` has set up."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


DeskOf = Annotated[Desk, Depends(desk_of)]

_BODY = {
    media_type: {"schema": {"type": "string", "format": "binary"}}
    for media_type in sorted({each for known in FORMATS.values() for each in known.types})
}


@router.post(
    "",
    status_code=201,
    response_model=Described,
    responses=MADE,
    openapi_extra={"requestBody": {"required": True, "content": _BODY}},
)
async def upload(
    request: Request,
    parts: PartsOf,
    desk: DeskOf,
    caller: CallerOf,
    name: Annotated[str | None, Query(description="the file's name", max_length=255)] = None,
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
    content_disposition: Annotated[str | None, Header()] = None,
    content_length: Annotated[int | None, Header(ge=0, include_in_schema=False)] = None,
) -> Response:
    """Store a picture, sound or film, to be named by its `id` in an article's `media`."""

    def check(found: Format) -> None:
        check_claims(found, content_type, name)
        check_claims(found, content_type, file_name(content_disposition))

    try:
        with desk.places.one_for(caller.unit or caller.key), workplace(desk.staged) as place:
            sent = await receive(
                aiter(request.stream()),
                content_length,
                limits_of(parts.settings),
                check,
                place / "upload",
            )
            found = await _kept(parts, desk, sent, place, content_type)
    except Refused as refused:
        raise Problem(refused.kind, refused.reason) from None
    except (OSError, StoreError) as error:
        log.error("media_not_stored", error=repr(error)[:300])  # noqa: TRY400
        raise Overloaded from error
    await parts.database.write(lambda conn: records.add(conn, sent.id, found, caller.unit, now()))
    log.info("media_stored", media=str(sent.id), unit=caller.unit, size=found.size)
    answer = _described(parts, sent.id, found)
    return JSONResponse(answer, 201, {"Location": f"/v1/media/{sent.id}"})


@router.get("/{media_id}", response_model=Described)
async def look(media_id: UUID, parts: PartsOf, caller: CallerOf) -> Response:
    """Give what is known of an own upload."""
    return JSONResponse(_described(parts, media_id, await _own(parts, media_id, caller.unit)))


@router.get("/{media_id}/file", response_class=Response, responses=FILE_ANSWERS)
async def file(
    media_id: UUID,
    request: Request,
    parts: PartsOf,
    desk: DeskOf,
    caller: CallerOf,
    w: Annotated[int | None, Query(description="a rendition's width")] = None,
) -> Response:
    """Give the file itself to its owner and the newsroom, published or not."""
    found = await _own(parts, media_id, caller.unit)
    made = any(each.width == w for each in found.renditions)
    headers = {
        "Content-Type": "image/webp" if made else found.content_type,
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    stored = rendition(w) if made and w else ORIGINAL
    return await stored_file(request, desk.store, media_id, stored, headers)


async def _kept(
    parts: Parts, desk: Desk, sent: Upload, place: Path, content_type: str | None
) -> Found:
    """Give what is kept of an upload; have it checked and keep it, unless that was done before."""
    known = await parts.database.read(lambda conn: records.find(conn, sent.id))
    if known is not None and await desk.store.size(sent.id) == known.size:
        check_family(content_type, known.content_type)
        return known
    files = place / "kept"
    files.mkdir()
    found = await desk.workshops.check(sent, files)
    check_family(content_type, found.content_type)
    await desk.store.put(sent.id, files)
    return found


async def _own(parts: Parts, media_id: UUID, unit: str | None) -> Found:
    found = await parts.database.read(lambda conn: records.find_own(conn, media_id, unit))
    if found is None:
        raise not_found()
    return found


def _described(parts: Parts, media_id: UUID, found: Found) -> dict[str, Any]:
    shown = records.described(media_id, found, parts.settings.archive_url)
    return shown.model_dump(mode="json", exclude={"caption", "credit", "role", "syndicate"})
