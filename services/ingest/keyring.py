"""Who may call: the keys of the units, and the admin's."""

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from services.common import auth
from services.common.database import Database
from services.common.ids import new_id
from services.common.problems import Problem, not_found, unauthorized
from services.common.said import said
from services.ingest import registry
from services.ingest.tables import keys

_LIVE_KEYS = 2
# Another ingest may have made or revoked a key: what we hold is trusted for so long.
_FRESH_FOR = 2.0  # seconds


@dataclass(frozen=True)
class Caller:
    """Whom a key stands for; `unit` is None for the newsroom."""

    unit: str | None
    key: str
    """The id of the key, for records of who did what; `admin` for the stack's own."""

    @property
    def is_admin(self) -> bool:
        """Whether this is the newsroom's own key."""
        return self.unit is None


class Keyring:
    """Finds the caller for a key.

    Keys are looked up by their SHA-256: how long a look-up takes depends on the digest, which
    nobody can steer towards that of a key he does not have.
    """

    def __init__(self, database: Database, admin: auth.AdminKey) -> None:
        self._database = database
        self._admin = admin
        self._callers: dict[str, Caller] = {}
        self._read_at = float("-inf")

    async def caller(self, authorization: str | None) -> Caller:
        """Tell whose key an `Authorization` header holds. Raises Problem (401)."""
        key = auth.bearer(authorization)
        if key is None:
            raise unauthorized()
        if self._admin.matches(key):
            return Caller(None, "admin")
        if time.monotonic() - self._read_at > _FRESH_FOR:
            self._callers = await self._database.read(live_keys)
            self._read_at = time.monotonic()
        caller = self._callers.get(auth.digest(key))
        if caller is None:
            raise unauthorized()
        return caller

    def forget(self) -> None:
        """Read the keys anew at the next call: they have changed."""
        self._read_at = float("-inf")


def live_keys(conn: Connection) -> dict[str, Caller]:
    """Give the caller for the digest of every key that is live."""
    rows = conn.execute(select(keys).where(keys.c.revoked.is_(None)))
    return {row.digest: Caller(row.unit, row.id) for row in rows}


def add_key(conn: Connection, unit: str, now: datetime) -> dict[str, str]:
    """Make a key for a unit, and show it this once."""
    if registry.find(conn, "unit", unit) is None:
        raise not_found()
    if len(listed(conn, unit)) >= _LIVE_KEYS:
        raise Problem("conflict", said("{unit} has two live keys; revoke one first.", unit=unit))
    key, key_id = auth.new_key(), new_id()
    conn.execute(
        insert(keys).values(id=str(key_id), digest=auth.digest(key), unit=unit, created=now)
    )
    return {"id": str(key_id), "key": key}


def revoke_key(conn: Connection, unit: str, key: UUID, now: datetime) -> None:
    """End a key."""
    ended = conn.execute(
        update(keys)
        .where(keys.c.id == str(key), keys.c.unit == unit, keys.c.revoked.is_(None))
        .values(revoked=now)
    )
    if ended.rowcount == 0:
        raise not_found()


def listed(conn: Connection, unit: str) -> list[dict[str, str]]:
    """List a unit's live keys, without what is secret."""
    rows = conn.execute(
        select(keys.c.id, keys.c.created)
        .where(keys.c.unit == unit, keys.c.revoked.is_(None))
        .order_by(keys.c.id)
    )
    return [{"id": row.id, "created": row.created.isoformat()} for row in rows]
