"""Settings that all services share: `TINBAI_*` in the environment, and flags of the same names."""

import re
import sys
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, CliApp, NoDecode, SettingsConfigDict


def listed(given: object) -> object:
    """Take a list apart that was given as one text."""
    return re.findall(r'[^\s,"\[\]]+', given) if isinstance(given, str) else given


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(listed)]
"""Networks with commas or spaces between them, or as a JSON list."""


def _address(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("must be an http or https address")
    if parts.query or parts.fragment:
        raise ValueError("must have neither a query nor a fragment")
    return given.rstrip("/")  # paths are put behind it


PublicAddress = Annotated[str, AfterValidator(_address)]
"""Where the world finds a service, without a slash at the end."""


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
    ingest_url: PublicAddress = Field(
        default="http://127.0.0.1:8001", description="ingest's public address"
    )
    syndicate_url: PublicAddress = Field(
        default="http://127.0.0.1:8002", description="syndicate's public address"
    )
    archive_url: PublicAddress = Field(
        default="http://127.0.0.1:8003", description="archive's public address"
    )
    allowed_targets: Networks = Field(
        default=(), description="networks that outgoing calls may reach beside public addresses"
    )


class RateSettings(ServiceSettings):
    """Settings of services that limit their callers."""

    rate_per_second: int = Field(
        default=1000, ge=1, description="requests a second that a key may send in the long run"
    )
    rate_burst: int = Field(
        default=5000, ge=1, description="requests that a key may send at once, when it was quiet"
    )


Settings = TypeVar("Settings", bound=ServiceSettings)


def settings_given(kind: type[Settings]) -> Settings:
    """Read flags and environment; end the process with a line for each that can't be meant."""
    try:
        return CliApp.run(kind)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        told = [
            ": ".join([*map(str, fault["loc"]), fault["msg"].removeprefix("Value error, ")])
            for fault in faults
        ]
        sys.exit("\n".join(["These settings can't be meant.", *told]))
