"""What can be set for syndicate."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from services.common.settings import ServiceSettings
from services.syndicate.window import Periods


class SyndicateSettings(ServiceSettings):
    """Settings of syndicate."""

    port: int = Field(default=8002, ge=0, le=65535, description="port to listen on")
    feed_size: int = Field(default=50, ge=1, le=1000, description="entries in a public feed")
    public_folder: Path | None = Field(
        default=None, description="folder for the feeds as files; DATA/syndicate/public if not set"
    )
    feed_age: int | None = Field(
        default=None, ge=1, le=36500, description="days an article is in feeds; else for ever"
    )
    notice_days: int = Field(
        default=30, ge=1, le=36500, description="days the notice of a retraction is in feeds"
    )
    publication: str = Field(default="Tin bài", min_length=1, description="the paper's name")

    @property
    def files(self) -> Path:
        """Where the feeds lie as files."""
        return self.public_folder or self.data / "syndicate" / "public"

    @property
    def periods(self) -> Periods:
        """How long feeds show what."""
        age = None if self.feed_age is None else timedelta(days=self.feed_age)
        return Periods(age, timedelta(days=self.notice_days))

    @property
    def database_file(self) -> Path:
        """Where articles and the last bytes of feeds are kept."""
        return self.data / "syndicate" / "syndicate.db"
