"""What can be set for syndicate."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from services.common.database import sqlite_url
from services.common.settings import RateSettings, listed
from services.syndicate.rendering.window import Periods
from services.syndicate.ways.mail.server import MailServer

_YEAR = 31_536_000  # seconds


def _whole(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    if not all(folder.is_absolute() and ".." not in folder.parts for folder in folders):
        raise ValueError("must be whole paths, without `..`")
    return folders


Folders = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(listed), AfterValidator(_whole)]
"""Folders with commas or spaces between them, or as a JSON list."""


def _smtp_url(given: SecretStr) -> SecretStr:
    MailServer.read(given.get_secret_value(), "tinbai@localhost")
    return given


def _mail_from(given: str) -> str:
    MailServer.read("smtp://localhost", given)
    return given


SmtpUrl = Annotated[SecretStr, AfterValidator(_smtp_url)]
MailFrom = Annotated[str, AfterValidator(_mail_from)]


class SyndicateSettings(RateSettings):
    """Settings of syndicate."""

    port: int = Field(default=8002, ge=0, le=65535, description="port to listen on")
    feed_size: int = Field(default=50, ge=1, le=1000, description="entries in a public feed")
    feed_age: int | None = Field(
        default=None, ge=1, le=36500, description="days an article is in feeds; else for ever"
    )
    notice_days: int = Field(
        default=30, ge=1, le=36500, description="days the notice of a retraction is in feeds"
    )
    publication: str = Field(
        default="Tin bài", pattern=r"^[^\x00-\x1f\x7f]+$", description="the paper's name"
    )

    @property
    def periods(self) -> Periods:
        """How long feeds show what."""
        age = None if self.feed_age is None else timedelta(days=self.feed_age)
        return Periods(age, timedelta(days=self.notice_days))

    hub_lease_least: int = Field(
        default=300, ge=1, le=_YEAR, description="seconds a WebSub subscription lasts at the least"
    )
    hub_lease_default: int = Field(
        default=864_000,
        ge=1,
        le=_YEAR,
        description="seconds that it lasts where none are asked for",
    )
    hub_lease_most: int = Field(
        default=2_592_000, ge=1, le=_YEAR, description="seconds that it lasts at the most"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.hub_lease_least <= self.hub_lease_default <= self.hub_lease_most:
            raise ValueError(
                "hub_lease_default must lie between hub_lease_least and hub_lease_most"
            )
        return self

    hub_subscriptions: int = Field(
        default=10_000, ge=1, description="WebSub subscriptions there may be"
    )
    hub_subscriptions_per_host: int = Field(
        default=1000, ge=1, description="of these, those that one callback host may have"
    )
    hub_requests_per_minute: int = Field(
        default=300, ge=1, description="WebSub requests from one address, and for one callback host"
    )
    hub_pause: float = Field(
        default=2,
        ge=0,
        le=3600,
        description="seconds between two WebSub pushes of a feed to a subscriber",
    )
    hub_patience: int = Field(
        default=259_200,
        ge=1,
        le=_YEAR,
        description="seconds after which a dead subscriber is dropped",
    )

    database_url: str = Field(
        default="", description="postgresql://…, to be shared by several; else a file below data"
    )

    partner_folders: Folders = Field(
        default=(), description="folders below which files may be put for partners"
    )
    smtp_url: SmtpUrl | None = Field(
        default=None,
        description="server for mails to partners: smtps://USER:PASSWORD@HOST, or smtp://…",
    )
    mail_from: MailFrom = Field(
        default="Tin bài <tinbai@localhost>", description="in whose name mails are sent"
    )

    @property
    def mail_server(self) -> MailServer | None:
        """Where mails are handed in."""
        if self.smtp_url is None:
            return None
        return MailServer.read(self.smtp_url.get_secret_value(), self.mail_from)

    public_folder: Path | None = Field(
        default=None, description="folder for the feeds as files; DATA/syndicate/public if not set"
    )

    @property
    def files(self) -> Path:
        """Where the feeds lie as files."""
        return self.public_folder or self.data / "syndicate" / "public"

    @property
    def database(self) -> str:
        """The URL of where partners, articles and the last bytes of feeds are kept."""
        return self.database_url or sqlite_url(self.data / "syndicate" / "syndicate.db")
