"""What answers about keys and the audit trail look like."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from schemas.times import Time


class NewKey(BaseModel):
    """A key, shown this once."""

    id: UUID
    key: str
    expires: Time | None


class ListedKey(BaseModel):
    """A key, without what is secret, and how it is used."""

    id: UUID
    created: Time
    expires: Time | None
    last_used: Time | None
    note: str


class Keys(BaseModel):
    """The keys of a partner."""

    items: list[ListedKey]
    next: None


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
