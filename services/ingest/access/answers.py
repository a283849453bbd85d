"""What answers about keys and the audit trail look like."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from schemas.times import Time


class Key(BaseModel):
    """A key, without what is secret."""

    id: UUID
    expires: Time | None
    name: str | None = None
    scope: str | None = None


class NewKey(Key):
    """A key, shown this once."""

    key: str


class ListedKey(Key):
    """A key, and how it is used."""

    created: Time
    last_used: Time | None
    note: str


class AuditEntry(BaseModel):
    """Who did what; `hash` chains it to the entry before."""

    seq: int
    at: Time
    by: str
    unit: str | None
    action: str
    object: str
    request_id: str
    detail: dict[str, Any]
    previous: str
    hash: str


class AuditPage(BaseModel):
    """A part of the audit trail; `next` is the `after` of the part that follows."""

    items: list[AuditEntry]
    next: int | None
