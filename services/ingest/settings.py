"""What can be set for ingest."""

from pathlib import Path
from socket import gethostname

from pydantic import Field

from services.common.database import sqlite_url
from services.common.media import MediaSettings
from services.common.settings import RateSettings


class IngestSettings(MediaSettings, RateSettings):
    """Settings of ingest."""

    port: int = Field(default=8001, ge=0, le=65535, description="port to listen on")
    poll_interval: float = Field(
        default=300, ge=1, le=86_400, description="seconds between two polls of a unit's feed"
    )
    poll_horizon: float = Field(
        default=7, gt=0, le=36_500, description="days that a unit's first poll reaches back"
    )
    picture_bytes: int = Field(default=50_000_000, ge=1, description="most bytes of a picture")
    recording_bytes: int = Field(
        default=2_000_000_000, ge=1, description="most bytes of a sound or film"
    )
    database_url: str = Field(
        default="", description="postgresql://…, to be shared by several; else a file below data"
    )

    @property
    def instance(self) -> str:
        """A name of this process among those that share a database, the same after a restart."""
        return f"{gethostname()}:{self.port}"

    @property
    def database(self) -> str:
        """The URL of where submissions are kept."""
        return self.database_url or sqlite_url(self.data / "ingest" / "ingest.db")

    @property
    def staging_folder(self) -> Path:
        """Where uploads are worked on; on the disk of the media folder."""
        return self.media_folder / "staging"
