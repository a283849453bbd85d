"""Callbacks: how their addresses are compared, and how they are called. Pure."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlencode

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


def unescaped(url: str) -> str:
    """Decode what needed no percent sign: the same address is then the same text (WebSub, section
    5.1.1; RFC 3986, section 6.2.2.2)."""

    def plain(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if _UNRESERVED.fullmatch(character) else found[0]

    return _ESCAPE.sub(plain, url)


def with_query(callback: str, fields: Mapping[str, str]) -> str:
    """Append parameters to a callback, behind those that it has (WebSub, section 5.1.1)."""
    joint = "&" if "?" in callback else "?"
    return f"{callback}{joint}{urlencode(fields, quote_via=quote)}"
