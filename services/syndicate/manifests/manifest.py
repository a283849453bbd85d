"""What a manifest says, and how it is signed."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.partner import Kind
from schemas.times import Time
from services.syndicate.manifests.signing import SigningKey


class Line(BaseModel):
    """An entry of `changes`, without its text."""

    model_config = ConfigDict(frozen=True)

    seq: int
    id: UUID
    version: int
    kind: Kind
    digest: str
    at: Time
    """When the entry was made."""


class Manifest(BaseModel):
    """All that a partner was told on a day, or the part of it that `after` and `last` bound: every
    seq above `after` up to `last`. Where one ends, the next begins, so a missing day is noticed."""

    model_config = ConfigDict(frozen=True)

    partner: str
    date: date
    """A day in UTC."""
    made: Time
    """When this was signed."""
    complete: bool
    """False as long as the day isn't over: more may come."""
    after: int
    last: int
    items: list[Line]
    next: int | None
    """Ask with `after=` this for the rest of the day."""
    key: str
    """The id of the key that signed."""


class SignedManifest(Manifest):
    """A manifest, signed."""

    signature: str = Field(
        description="Ed25519 (RFC 8032) over the canonical JSON (RFC 8785) of all the rest, base64"
    )


def signed(manifest: Manifest, key: SigningKey) -> dict[str, Any]:
    """Give the manifest as JSON values, with its signature."""
    values = manifest.model_dump(mode="json")
    return values | {"signature": key.sign(values)}
