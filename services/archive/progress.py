"""How far a rebuild has come."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from services.common.instants import now


class Progress(BaseModel):
    """What is told of the rebuild that goes on, or of the last one since this process runs."""

    state: Literal["none", "running", "done", "failed"] = "none"
    read: int = 0
    """Places in the log that were passed; compaction may have left them empty."""
    total: int | None = None
    """The same up to the end that the log had when it began; null until that is known."""
    began: datetime | None = None
    ended: datetime | None = None
    reason: str | None = None
    """Why it failed."""

    def fail(self, reason: str) -> None:
        """Say that it came to nothing."""
        self.state, self.ended, self.reason = "failed", now(), reason

    def finish(self) -> None:
        """Say that the new index answers."""
        self.state, self.ended = "done", now()
