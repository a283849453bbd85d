"""What answers about uploads look like."""

from uuid import UUID

from pydantic import BaseModel

from schemas.article import Rendition


class Described(BaseModel):
    """A file that was uploaded."""

    id: UUID
    href: str
    content_type: str
    width: int | None
    height: int | None
    duration: float | None
    size: int
    renditions: list[Rendition]
