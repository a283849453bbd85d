"""What answers about polls look like."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from schemas.text import Code
from schemas.times import Time


class AskedPoll(BaseModel):
    """A unit whose feed will be polled."""

    unit: Code


class Poll(AskedPoll):
    """How the polls of a unit's feed go."""

    feed_url: str
    since: Time | None
    next_at: Time | None
    failures: int
    last_ok: Time | None
    last_error: str | None
    last_error_at: Time | None
    notes: Any


class PolledItem(BaseModel):
    """What a feed has shown: its article, or why there is none."""

    external_id: str
    article: UUID | None
    version: int | None
    note: str | None
    seen: Time | None
