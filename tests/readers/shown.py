"""What a feed reader shows of an entry, whatever the reader."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_TIMES = ("published", "updated")
_SEVERAL = ("authors", "categories", "enclosures", "captions", "credits")


@dataclass(frozen=True)
class Item:
    """An entry as a reader has it; what it knows nothing of is empty.

    `summary` and `content` are HTML or text, as the reader keeps them.
    """

    id: str = ""
    title: str = ""
    link: str = ""
    summary: str = ""
    content: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    language: str = ""
    rights: str = ""
    duration: str = ""
    """Of the sound or film, in seconds."""


def items_of(printed: str) -> list[Item]:
    """Read what the readers in other languages print: a JSON array of objects with our fields."""
    return [Item(**dict(map(_field, each.items()))) for each in json.loads(printed)]


def _field(field: tuple[str, Any]) -> tuple[str, Any]:
    name, value = field
    if name in _TIMES:
        return name, value and datetime.fromisoformat(value).astimezone(UTC)
    if name in _SEVERAL:
        return name, tuple(filter(None, value or ()))
    return name, str(value or "")
