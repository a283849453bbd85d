"""An entry of `changes`, as a partner reads it; it is the body of a webhook too."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import rfc8785

STANDING = ("published", "corrected")
"""The kinds after which the article is in the partner's pages. `retracted` and `removed` say: take
it down. A kind that isn't known is read like those: what should not stand must not."""


class Invalid(ValueError):
    """It is not an entry."""


@dataclass(frozen=True)
class Entry:
    """What a partner was told of an article."""

    seq: int
    id: str
    version: int
    kind: str
    reason: str
    digest: str
    article: dict[str, Any] | None
    superseded: int | None
    """The seq of a newer entry, which has taken the place of this one."""
    replay: bool = False

    @property
    def stands(self) -> bool:
        """Whether the article is to be shown."""
        return self.kind in STANDING

    def as_json(self) -> dict[str, Any]:
        """Give what a mirror keeps of it."""
        return {
            "seq": self.seq,
            "id": self.id,
            "version": self.version,
            "kind": self.kind,
            "reason": self.reason,
            "digest": self.digest,
            "article": self.article,
        }


def read_entry(values: object) -> Entry:
    """Read an entry; fields that later releases add are passed over. Raises Invalid."""
    if not isinstance(values, Mapping):
        raise Invalid("an entry is a JSON object")
    try:
        # The id names a file: nothing but a UUID may get there.
        entry = Entry(
            seq=_number(values["seq"]),
            id=str(UUID(values["id"])),
            version=_number(values["version"]),
            kind=str(values["kind"]),
            reason=str(values.get("reason") or ""),
            digest=str(values["digest"]),
            article=values.get("article"),
            superseded=values.get("superseded"),
            replay=bool(values.get("replay")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid(f"{type(error).__name__}: {error}") from error
    if not isinstance(entry.article, dict | None):
        raise Invalid("an article is a JSON object")
    return entry


def digest_of(article: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of canonical JSON (RFC 8785). Raises ValueError for what has none."""
    return hashlib.sha256(rfc8785.dumps(dict(article))).hexdigest()


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("a whole number from 1 is needed")
    return value
