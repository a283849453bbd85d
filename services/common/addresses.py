"""Addresses that others give us to call, judged before any call. Pure."""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from services.common.said import Said, said
from services.common.targets import Network, may_reach

MOST_BYTES = 2000
"""Of an address; it may be a part of a key, and PostgreSQL takes some 2,700 bytes in an index."""

_CALLBACK = re.compile(r"https?://[!-~]+", re.IGNORECASE)  # printable ASCII, no blanks


class BadAddress(Exception):
    """A callback that is not called; `why` is for who gave it."""

    def __init__(self, why: Said) -> None:
        super().__init__(why)
        self.why = why


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


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
