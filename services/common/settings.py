"""Settings that all services share: `TINBAI_*` in the environment, and flags of the same names."""

import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _listed(given: object) -> object:
    return re.findall(r'[^\s,"\[\]]+', given) if isinstance(given, str) else given


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)]
"""Networks with commas or spaces between them, or as a JSON list."""


class ServiceSettings(BaseSettings):
    """Read once, in each service's `app.py`."""

    model_config = SettingsConfigDict(
        env_prefix="TINBAI_",
        cli_parse_args=False,
        cli_kebab_case=True,
        cli_hide_none_type=True,
        cli_avoid_json=True,
        frozen=True,
        extra="ignore",
    )

    data: Path = Field(default=Path("data"), description="folder that holds all state")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(ge=0, le=65535, description="port to listen on")
    kafka_bootstrap: str = Field(default="127.0.0.1:8092", description="Kafka's addresses")
    admin_key_file: Path | None = Field(default=None, description="file that holds the admin key")
    log_dir: Path | None = Field(default=None, description="folder for log files; else stdout")
    ingest_url: str = Field(default="http://127.0.0.1:8001", description="ingest's public address")
    syndicate_url: str = Field(
        default="http://127.0.0.1:8002", description="syndicate's public address"
    )
    archive_url: str = Field(
        default="http://127.0.0.1:8003", description="archive's public address"
    )
    allowed_targets: Networks = Field(
        default=(), description="networks that outgoing calls may reach beside public addresses"
    )
