"""What was found out about a file that is taken."""

from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Rendition:
    """A smaller picture made from an uploaded one; always WebP."""

    width: int
    height: int
    size: int


@dataclass(frozen=True)
class Found:
    """A file as it is kept: without what it told of place and person."""

    content_type: str
    size: int
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    renditions: tuple[Rendition, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Make it from what `to_json` gave."""
        made = tuple(Rendition(**each) for each in values["renditions"])
        return cls(**values | {"renditions": made})
