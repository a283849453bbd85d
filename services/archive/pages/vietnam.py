"""Time as the paper's readers know it."""

from datetime import datetime

from schemas.times import VIETNAM


_LAST = datetime.max.replace(tzinfo=VIETNAM)
"""In Vietnam the year 9999 ends some hours before UTC's."""


def shown(time: datetime) -> str:
    """Write a time as readers see it: `14:05 03/11/2026`."""
    return f"{min(time, _LAST).astimezone(VIETNAM):%H:%M %d/%m/%Y}"
