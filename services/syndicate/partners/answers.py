"""What answers about partners and their keys look like."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from schemas.partner import Partner
from schemas.text import Code
from schemas.times import Time
from services.syndicate.partners.document import Kind


class FieldChange(BaseModel):
    """A field's value before and after."""

    before: Any
    after: Any


class Place(BaseModel):
    """A partner, named."""

    kind: Kind
    code: Code


class Added(Place):
    """A partner that is new."""

    entry: Partner


class Changed(Place):
    """A partner that differs, by field; those of its product have names like `product.units`."""

    fields: dict[str, FieldChange]


class Applied(BaseModel):
    """What applying a document of partners does."""

    dry_run: bool
    added: list[Added]
    changed: list[Changed]
    unchanged: int
    not_in_document: list[Place]


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
