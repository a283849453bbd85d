"""A stored file as an answer: whole, in part (RFC 9110, section 14), or not again."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from services.common.answers import matches
from services.common.heads import asked_method
from services.common.media import MediaStore
from services.common.problems import Problem, not_found
from services.common.said import said

FILE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {"*/*": {}}},
    206: {"description": "A part of the file", "content": {"*/*": {}}},
    304: {"description": "The caller has it"},
}
"""What `stored_file` may answer, for OpenAPI."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


async def stored_file(
    request: Request, store: MediaStore, media_id: UUID, name: str, headers: Mapping[str, str]
) -> Response:
    """Answer with a file. `headers` hold its `Content-Type`. Raises Problem where it is gone."""
    # The id is made from the bytes: the same id and name are the same file.
    etag = f'"{media_id}-{name}"'
    sent = {**headers, "ETag": etag, "Accept-Ranges": "bytes"}
    known = ",".join(request.headers.getlist("If-None-Match"))
    if known and matches(known.encode(), etag.encode()):
        return Response(status_code=304, headers=sent)
    size = await store.size(media_id, name)
    if size is None:
        raise not_found()
    start, end = 0, size
    wanted = _wanted(request, etag)
    status = 200
    if wanted is not None and (part := part_of(wanted, size)) is not None:
        start, end = part
        status = 206
        sent["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    sent["Content-Length"] = str(end - start)
    if asked_method(request) == "HEAD" or start == end:
        return Response(status_code=status, headers=sent)
    return StreamingResponse(store.read(media_id, name, start, end), status, sent)


def part_of(wanted: str, size: int) -> tuple[int, int] | None:
    """Say which bytes a `Range` means, the end not included; None for the whole file.

    One range in bytes is understood; the RFC lets a server pass over all else. Raises Problem (416)
    where nothing of the file lies in it.
    """
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    if start >= end:
        raise Problem(
            "range-not-satisfiable",
            said("The file has {size} bytes.", size=size),
            headers={"Content-Range": f"bytes */{size}"},
        )
    return start, end


def _wanted(request: Request, etag: str) -> str | None:
    if asked_method(request) != "GET":
        return None  # there are parts for GET alone (RFC 9110, section 14.2)
    condition = request.headers.get("If-Range")
    return request.headers.get("Range") if condition in (None, etag) else None
