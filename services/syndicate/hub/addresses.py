"""Addresses that strangers give us: what they name, and how they are called. Pure."""

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import quote, urlencode, urlsplit

from services.common.said import Said, said
from services.common.targets import Network, may_reach

MOST_BYTES = 2000
"""Of a callback; it is a part of a key, and PostgreSQL takes some 2,700 bytes in an index."""

_CALLBACK = re.compile(r"https?://[!-~]+", re.IGNORECASE)  # printable ASCII, no blanks
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


class BadAddress(Exception):
    """A callback that is not called; `why` is for who gave it."""

    def __init__(self, why: Said) -> None:
        super().__init__(why)
        self.why = why


def unescaped(url: str) -> str:
    """Decode what needed no percent sign: the same address is then the same text (WebSub, section
    5.1.1; RFC 3986, section 6.2.2.2)."""

    def plain(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if _UNRESERVED.fullmatch(character) else found[0]

    return _ESCAPE.sub(plain, url)


def host_of(callback: str, allowed: Sequence[Network]) -> str:
    """Name the host of a callback that may be called. Raises BadAddress.

    A host that is an address is judged at once, a name when it is called.
    """
    if len(callback) > MOST_BYTES:
        raise BadAddress(said("is longer than {most:,} bytes", most=MOST_BYTES))
    if not _CALLBACK.fullmatch(callback) or "#" in callback:
        raise BadAddress(said("must be an http or https address in ASCII, without a fragment"))
    try:
        parts = urlsplit(callback)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        raise BadAddress(said("must be an http or https address in ASCII, without a fragment"))
    if _is_address(host) and not may_reach(host, allowed):
        raise BadAddress(said("must be a public address"))
    return host.rstrip(".")


def with_query(callback: str, fields: Mapping[str, str]) -> str:
    """Append parameters to a callback, behind those that it has (WebSub, section 5.1.1)."""
    joint = "&" if "?" in callback else "?"
    return f"{callback}{joint}{urlencode(fields, quote_via=quote)}"


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
