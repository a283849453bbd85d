"""Time as the paper's readers know it."""

from datetime import datetime

from schemas.times import VIETNAM


def shown(time: datetime) -> str:
    """Write a time as readers see it: `14:05 03/11/2026`."""
    return f"{time.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
