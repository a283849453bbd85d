"""Identifiers in order of time."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Make a UUIDv7 (RFC 9562): ids made later sort later, which keeps indexes dense."""
    return uuid7()
