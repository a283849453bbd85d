"""What access needs stored now and then."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from services.ingest.access import keys, nonces


def store(conn: Connection, used: Mapping[str, datetime], at: datetime) -> None:
    """Store when keys were used, and forget nonces."""
    keys.store_uses(conn, used)
    nonces.forget(conn, at)
