"""What is told of ways beside webhooks: nothing of their secrets."""

import json
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Row

from schemas.partner import Format
from services.common.given import Given


class ToldWay(BaseModel):
    """A way."""

    id: UUID
    kind: str
    format: Format
    target: str
    settings: dict[str, str]
    """What its kind has beside, without secrets."""
    on: bool
    off: str | None
    """Why it is off: `admin`, `failing`, `gone`."""
    failures: int
    """In a row."""
    created: datetime

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Tell of a row of `way`."""
        return cls(
            id=row.id,
            kind=row.kind,
            format=row.format,
            target=row.target,
            settings=json.loads(row.settings),
            on=row.off is None,
            off=row.off,
            failures=row.failures,
            created=row.created,
        )


class ToldWays(BaseModel):
    """A partner's ways: few, so all at once."""

    items: list[ToldWay]
    next: None = None


class Switch(Given):
    """Whether a way is on."""

    on: bool


class Tried(BaseModel):
    """What came of trying a way out."""

    ok: bool
    error: str | None
    """As in `error` of deliveries; docs/partner-ways.md lists them."""
    seconds: float
