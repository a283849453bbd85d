"""What a manifest says, and how it is signed."""

import json
from collections.abc import Mapping
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


class Day(BaseModel):
    """A day that has a manifest, and which seq are in it."""

    date: date
    complete: bool
    after: int
    last: int


class Days(BaseModel):
    """Some of them, and the cursor for those that follow."""

    items: list[Day]
    next: date | None


def signed(manifest: Mapping[str, Any], key: SigningKey) -> bytes:
    """Give the JSON of a SignedManifest. It is made of plain values: with models, ten thousand
    lines took a second."""
    named = {**manifest, "key": key.public.id}
    return canonical({**named, "signature": key.sign(canonical(named))})


def canonical(manifest: Mapping[str, Any]) -> bytes:
    """Write a manifest down as RFC 8785 has it. Of whole numbers, texts and names in ASCII that is
    what `json` makes of them, in a tenth of the time that a library for all values takes."""
    written = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return written.encode()
