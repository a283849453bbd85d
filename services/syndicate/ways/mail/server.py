"""The mail server of the house, as ops name it."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.policy import SMTP
from ipaddress import ip_address
from typing import Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

from services.syndicate.ways.forms import is_mailbox

_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed in, and in whose name."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: Literal["from_start", "on_the_way", "none"]
    sender: Address

    @classmethod
    def read(cls, url: str, sender: str) -> Self:
        """Read `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…`, and `Name <address>`. With `smtp:`
        TLS begins by STARTTLS, and nothing is said without it, unless the URL ends in `?tls=no`.
        Raises ValueError with a sentence that doesn't repeat what was given."""
        parts = urlsplit(url)
        wishes = parse_qs(parts.query, keep_blank_values=True)
        if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
            raise ValueError("must be written smtp://USER:PASSWORD@HOST:PORT, or smtps://…")
        if wishes not in ({}, {"tls": ["no"]}) or (wishes and parts.scheme == "smtps"):
            raise ValueError("may have nothing but ?tls=no behind it, and that with smtp: only")
        if wishes and parts.username and not _is_here(parts.hostname):
            raise ValueError("must not send a password without TLS")
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls="none" if wishes else "from_start" if parts.scheme == "smtps" else "on_the_way",
            sender=_sender(sender),
        )


def _sender(given: str) -> Address:
    """Read one address (RFC 5322, section 3.4), with or without a name."""
    header = SMTP.header_factory("From", given if given.isprintable() else "")
    addresses: tuple[Address, ...] = header.addresses
    if header.defects or len(addresses) != 1 or not is_mailbox(addresses[0].addr_spec):
        raise ValueError("must be one address such as `Tin bài <tin@bao.example>`")
    return addresses[0]


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
