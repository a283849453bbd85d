"""What can be set for syndicate."""

from pathlib import Path

from pydantic import Field

from services.common.settings import ServiceSettings


class SyndicateSettings(ServiceSettings):
    """Settings of syndicate."""

    port: int = Field(default=8002, ge=0, le=65535, description="port to listen on")
    feed_size: int = Field(default=50, ge=1, le=1000, description="entries in a public feed")
    public_folder: Path | None = Field(
        default=None, description="folder for the feeds as files; DATA/syndicate/public if not set"
    )

    @property
    def files(self) -> Path:
        """Where the feeds lie as files."""
        return self.public_folder or self.data / "syndicate" / "public"

    @property
    def database_file(self) -> Path:
        """Where articles and the last bytes of feeds are kept."""
        return self.data / "syndicate" / "syndicate.db"
