"""`If-Match` (RFC 9110, section 13.1.1): no version is overwritten unseen."""

import re
from typing import Annotated, Any

from fastapi import Header

from services.common.problems import Problem
from services.common.said import said
from services.ingest.commands import Stale

IfMatch = Annotated[str | None, Header(include_in_schema=False)]

# By hand: without it the answer is a 428 of ours, after the 404 for another's article.
NEEDED: dict[str, Any] = {
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": '`"VERSION"`, as the `ETag` had it, or `*`',
            "schema": {"type": "string"},
        }
    ]
}
"""Says so in OpenAPI."""

_TAG = re.compile(r'(W/)?"([^"]*)"')


def stale(if_match: str | None) -> Stale:
    """Make the test from the header. Raises Problem (428) where there is none.

    Weak tags never match, as the RFC has it; `*` matches every version.
    """
    if if_match is None:
        raise Problem(
            "version-needed", said('Send If-Match with the ETag you have seen, like "3".')
        )
    if if_match.strip() == "*":
        return lambda _: False
    seen = {tag for weak, tag in _TAG.findall(if_match) if not weak}
    return lambda version: str(version) not in seen
