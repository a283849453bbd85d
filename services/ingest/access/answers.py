"""What answers about keys look like."""

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
