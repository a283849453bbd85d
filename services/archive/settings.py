"""What can be set for archive."""

from pathlib import Path

from pydantic import Field

from services.common.media import MediaSettings


class ArchiveSettings(MediaSettings):
    """Settings of archive."""

    port: int = Field(default=8003, ge=0, le=65535, description="port to listen on")
    publication: str = Field(
        default="Tin bài", pattern=r"^[^\x00-\x1f\x7f]+$", description="the paper's name"
    )

    @property
    def index_folder(self) -> Path:
        """Where the index is; all of it can be made again from Kafka."""
        return self.data / "archive" / "index"
