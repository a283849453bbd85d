"""What can be set for ingest."""

from pathlib import Path

from pydantic import Field

from services.common.media import MediaSettings


class IngestSettings(MediaSettings):
    """Settings of ingest."""

    port: int = Field(default=8001, ge=0, le=65535, description="port to listen on")

    picture_bytes: int = Field(default=50_000_000, ge=1, description="most bytes of a picture")
    recording_bytes: int = Field(
        default=2_000_000_000, ge=1, description="most bytes of a sound or film"
    )

    @property
    def database_file(self) -> Path:
        """Where submissions are kept."""
        return self.data / "ingest" / "ingest.db"

    @property
    def staging_folder(self) -> Path:
        """Where uploads are worked on; on the disk of the media folder."""
        return self.media_folder / "staging"
