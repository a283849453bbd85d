"""What can be set for syndicate."""

from pathlib import Path

from pydantic import Field

from services.common.settings import ServiceSettings


class SyndicateSettings(ServiceSettings):
    """Settings of syndicate."""

    port: int = Field(default=8002, ge=0, le=65535, description="port to listen on")
    feed_size: int = Field(default=50, ge=1, le=1000, description="entries in a public feed")

    @property
    def database_file(self) -> Path:
        """Where articles and the last bytes of feeds are kept."""
        return self.data / "syndicate" / "syndicate.db"
