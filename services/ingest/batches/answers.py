"""What the answer to a batch looks like."""

from uuid import UUID

from pydantic import BaseModel, Field

from services.common.problems import FieldErrorBody
from services.ingest.answers import Hint
from services.ingest.lifecycle import Status


class Line(BaseModel):
    """The answer to one line of a batch; `code` is what the line alone would have got."""

    line: int = Field(ge=1)
    code: int
    id: UUID | None = None
    version: int | None = None
    status: Status | None = None
    hints: list[Hint] | None = None
    type: str | None = None
    title: str | None = None
    detail: str | None = None
    errors: list[FieldErrorBody] | None = None
