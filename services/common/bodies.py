"""Request bodies, read up to a limit and never trusted for their size."""

from fastapi import Request

from services.common.problems import Problem
from services.common.said import said

# A client that still sends would not see a 413 on a closed connection: it may send so much more.
_DRAINED = 8 * 1024 * 1024


async def read_body(request: Request, limit: int, drained: int = _DRAINED) -> bytes:
    """Read the whole body. Raises Problem (413) if it is larger than `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= limit:
            parts.append(part)
        elif size > limit + drained:
            break
    if size > limit:
        raise Problem("too-large", said("At most {limit:,} bytes are taken.", limit=limit))
    return b"".join(parts)
