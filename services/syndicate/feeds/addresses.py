"""Addresses as formats want them that hold nothing but URIs."""

import re
from urllib.parse import quote

_PARTS = re.compile(r"(?P<start>https?://[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
                    re.IGNORECASE | re.DOTALL)  # fmt: skip
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
# RFC 3986, section 2.2: what may stand as it is, in a host beside brackets and colons, in a path,
# and after it.
_UNRESERVED = "%!$&'()*+,;=:@-._~"
_HOST = _UNRESERVED + "[]"


def uri_of(address: str) -> str:
    """Write an http address, which may be an IRI (RFC 3987), as a URI: the same place, with every
    character percent-encoded that RFC 3986 doesn't know there (RFC 3987, section 3.1)."""
    found = _PARTS.fullmatch(address)
    if found is None:  # an address of ours: ingest takes no others
        return quote(address, safe=_UNRESERVED + "/?#")
    scheme, _, host = found["start"].partition("://")
    parts = (
        f"{scheme}://{_quoted(host, _HOST)}",
        _quoted(found["path"], _UNRESERVED + "/"),
        _after(found["query"]),
        _after(found["fragment"]),
    )
    return "".join(parts)


def _after(part: str | None) -> str:
    """Write a query or fragment with the character that begins it."""
    return f"{part[0]}{_quoted(part[1:], _UNRESERVED + '/?')}" if part else ""


def _quoted(part: str, safe: str) -> str:
    return quote(_STRAY.sub("%25", part), safe=safe)
