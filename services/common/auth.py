"""Keys: 256 random bits, shown once, kept as digests, compared in constant time."""

import base64
import binascii
import hashlib
import hmac
import secrets
from pathlib import Path

PREFIX = "tinbai_"


def new_key() -> str:
    """Make a key; the prefix lets scanners for leaked secrets recognise it."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """SHA-256 in hex. A key has 256 bits of its own, so it needs neither salt nor stretching."""
    return hashlib.sha256(key.encode()).hexdigest()


def bearer(authorization: str | None) -> str | None:
    """Take the key out of an `Authorization` header (RFC 6750, section 2.1)."""
    scheme, _, key = (authorization or "").partition(" ")
    return key.strip() or None if scheme.lower() == "bearer" else None


def basic(authorization: str | None) -> str | None:
    """Take the password out of an `Authorization` header (RFC 7617); the user's name, which feed
    readers ask for, says nothing."""
    scheme, _, credentials = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(credentials.strip(), validate=True)
    except binascii.Error:
        return None
    return decoded.partition(b":")[2].decode(errors="replace") or None


class AdminKey:
    """The key of those who run the system, known by its digest alone."""

    def __init__(self, file: Path | None) -> None:
        self._digest = digest(file.read_text().strip()) if file else None

    def matches(self, key: str | None) -> bool:
        """Whether `key` is the admin's."""
        if key is None or self._digest is None:
            return False
        return hmac.compare_digest(digest(key), self._digest)
