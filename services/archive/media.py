"""Pictures, sound and film of articles that stand now."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.archive.parts import TheParts
from services.common.media import StoreError
from services.common.problems import FieldError, Problem, not_found
from services.common.renditions import ORIGINAL, WIDTHS, rendition
from services.common.said import said
from services.common.streaming import FILE_ANSWERS, stored_file

router = APIRouter(tags=["media"])

_PICTURE = "image/"
_RECORDING = ("audio/", "video/")
_AN_HOUR = "public, max-age=3600"
"""No longer, so that the picture of an article that was taken back leaves the caches."""

Width = Annotated[
    int | None,
    Query(description="a picture's width, in pixels", json_schema_extra={"enum": [*WIDTHS]}),
]


@router.get("/media/{media_id}", response_class=Response, responses=FILE_ANSWERS)
async def media(media_id: UUID, request: Request, parts: TheParts, w: Width = None) -> Response:
    """Give a file that a released article shows; nothing else that lies in the store.

    `w` asks for a smaller picture; where it is none, or there is none as small, all of it is given.
    """
    if w is not None and w not in WIDTHS:
        listed = ", ".join(map(str, WIDTHS))
        reason = said("The widths there are: {widths}.", widths=listed)
        raise Problem("invalid", reason, errors=[FieldError("/query/w", reason, "width")])
    described = await parts.files.shown(media_id)
    if described is None:
        raise not_found()
    name = rendition(w) if w and any(each.width == w for each in described.renditions) else ORIGINAL
    kind = "image/webp" if name != ORIGINAL else described.content_type or ""
    try:
        return await stored_file(request, parts.media, media_id, name, _headers(media_id, kind))
    except (OSError, StoreError) as error:
        raise Problem(
            "overloaded",
            said("The file can't be read just now."),
            headers={"Retry-After": "5"},
        ) from error


def _headers(media_id: UUID, kind: str) -> dict[str, str]:
    headers = {
        "Content-Type": kind,
        "Cache-Control": _AN_HOUR,
        "X-Content-Type-Options": "nosniff",
        # An SVG may hold a script; opened by itself it must not run.
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    if kind.startswith(_PICTURE):
        name = _file_name(media_id, kind)
        return headers | {"Content-Disposition": f'inline; filename="{name}"'}
    if not kind.startswith(_RECORDING):
        kind = "application/octet-stream"
    return headers | {
        "Content-Type": kind,
        "Content-Disposition": f'attachment; filename="{_file_name(media_id, kind)}"',
    }


def _file_name(media_id: UUID, kind: str) -> str:
    endings = {
        "audio/mp4": "m4a",
        "audio/mpeg": "mp3",
        "image/svg+xml": "svg",
        "application/octet-stream": "bin",
    }
    return f"{media_id}.{endings.get(kind, kind.partition('/')[2])}"
