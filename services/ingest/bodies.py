"""Submissions as they come.

By hand, because the key and the article's owner are looked at before the body.
"""

from fastapi import Request

from services.common import bodies
from services.ingest.submission import MAX_BYTES


async def read_body(request: Request, limit: int = MAX_BYTES) -> bytes:
    """Read the whole body. Raises Problem (413) if it is larger than `limit` bytes."""
    return await bodies.read_body(request, limit)
