"""What answers about the registry as a whole look like."""

from typing import Any

from pydantic import BaseModel

from schemas.text import Code
from services.ingest.registry.entries import GivenCampaign, GivenColumn, GivenUnit, Kind


class Place(BaseModel):
    """An entry of the registry, named."""

    kind: Kind
    code: Code


class Added(Place):
    """An entry that is new."""

    entry: GivenUnit | GivenColumn | GivenCampaign


class FieldChange(BaseModel):
    """A field's value before and after."""

    before: Any
    after: Any


class Changed(Place):
    """An entry that differs, by field."""

    fields: dict[str, FieldChange]


class Applied(BaseModel):
    """What applying a registry does."""

    dry_run: bool
    added: list[Added]
    changed: list[Changed]
    unchanged: int
    not_in_document: list[Place]
