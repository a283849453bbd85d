"""Pictures, sound and film of articles that stand now."""

from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from services.archive.parts import TheParts
from services.common.problems import not_found

router = APIRouter(tags=["media"])

_SHOWN = ("image/", "audio/", "video/")
_AN_HOUR = "public, max-age=3600"
"""No longer, so that the picture of an article that was taken back leaves the caches."""


@router.get("/media/{media_id}", response_class=FileResponse)
def media(media_id: UUID, request: Request, parts: TheParts) -> Response:
    """Give a file that a released article shows; nothing else that lies in the folder."""
    described = parts.catalogue.media(media_id)
    path = _path(parts.media_folder, media_id)
    if described is None or not path.is_file():
        raise not_found()
    headers = {
        # The id is made from the bytes: the same id is the same file.
        "ETag": f'"{media_id}"',
        "Cache-Control": _AN_HOUR,
        "X-Content-Type-Options": "nosniff",
        # An SVG may hold a script; opened by itself it must not run.
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    kind = described.content_type or ""
    return FileResponse(
        path,
        media_type=kind if kind.startswith(_SHOWN) else "application/octet-stream",
        headers=headers,
    )


def _path(folder: Path, media_id: UUID) -> Path:
    name = str(media_id)
    return folder / name[:2] / name
