"""Time as the paper's readers know it."""

from datetime import datetime, timedelta, timezone

# Asia/Ho_Chi_Minh: no summer time since long before the first article, so no time zone data either.
VIETNAM = timezone(timedelta(hours=7), "GMT+7")


def shown(time: datetime) -> str:
    """Write a time as readers see it: `14:05 03/11/2026`."""
    return f"{time.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
