"""What can be set for archive."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from services.common.media import MediaSettings


def _cluster(given: SecretStr) -> SecretStr:
    for url in _urls(given):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be http or https addresses")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must have nothing behind host and port")
    return given


def _urls(given: SecretStr) -> list[str]:
    return re.findall(r"[^\s,]+", given.get_secret_value())


class ArchiveSettings(MediaSettings):
    """Settings of archive."""

    port: int = Field(default=8003, ge=0, le=65535, description="port to listen on")
    publication: str = Field(
        default="Tin bài", pattern=r"^[^\x00-\x1f\x7f]+$", description="the paper's name"
    )
    search_url: Annotated[SecretStr, AfterValidator(_cluster)] | None = Field(
        default=None,
        description="addresses of an OpenSearch cluster's nodes; else the index is in this process",
    )
    search_ca: Path | None = Field(
        default=None, description="file with the certificates that sign those of the cluster"
    )
    search_index: str = Field(
        default="tinbai-archive",
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        description="what names of indexes in the cluster begin with",
    )

    @property
    def search_urls(self) -> list[str]:
        """The addresses of the cluster's nodes, with name and password where it wants them."""
        return _urls(self.search_url) if self.search_url else []

    @property
    def index_folder(self) -> Path:
        """Where the index is; all of it can be made again from Kafka."""
        return self.data / "archive" / "index"
