"""Finds whom a key stands for, without asking the database each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select

from services.common import auth
from services.common.database import Database
from services.common.fresh import Fresh
from services.common.instants import now
from services.ingest.tables import keys

Scope = Literal["submit", "newsroom", "admin"]
"""How far a key reaches: its unit's own articles; all articles; everything."""

# Another ingest may have made or revoked a key: what we hold is trusted for so long.
_FRESH_FOR = 2.0  # seconds


@dataclass(frozen=True)
class Caller:
    """Whom a key stands for; `unit` is None for the newsroom and for admins."""

    unit: str | None
    key: str
    """The id of the key, for records of who did what; `admin` for the stack's own."""
    scope: Scope

    @property
    def is_newsroom(self) -> bool:
        """Whether all articles are within reach, and their review."""
        return self.scope != "submit"

    @property
    def is_admin(self) -> bool:
        """Whether the registry, keys and erasure are within reach."""
        return self.scope == "admin"


@dataclass(frozen=True)
class Held:
    """A key that was not revoked."""

    caller: Caller
    expires: datetime | None
    public_key: Ed25519PublicKey | None

    def is_good(self, at: datetime) -> bool:
        """Whether it has not expired."""
        return self.expires is None or at < self.expires


@dataclass(frozen=True)
class _Ring:
    by_digest: Mapping[str, Held]
    by_id: Mapping[str, Held]


class Keyring:
    """Finds the caller for a key, and notes when each key was used.

    Keys are looked up by their SHA-256: how long a look-up takes depends on the digest, which
    nobody can steer towards that of a key he does not have.
    """

    def __init__(self, database: Database, admin: auth.AdminKey) -> None:
        self._admin = admin
        self._ring = _Ring({}, {})
        self._keys = Fresh(database, _read_keys, _FRESH_FOR)
        self.used: dict[str, datetime] = {}
        """When each key was last used here, by id, as far as `upkeep` has not stored it yet."""

    async def bearer(self, key: str) -> Caller | None:
        """Tell whose key it is, if it is a good one."""
        if self._admin.matches(key):
            return Caller(None, "admin", "admin")
        await self.refresh()
        held = self._ring.by_digest.get(auth.digest(key))
        if held is None or held.public_key is not None or not held.is_good(now()):
            return None
        return held.caller

    async def refresh(self) -> None:
        """Have the keys at hand, and not older than is allowed, for `signer`."""
        self._ring = await self._keys.get()

    def signer(self, key_id: str) -> Held | None:
        """Give a good key that verifies signatures."""
        held = self._ring.by_id.get(key_id)
        return held if held and held.public_key and held.is_good(now()) else None

    def note_use(self, caller: Caller) -> None:
        """Note that a key was used, now."""
        self.used[caller.key] = now()

    def forget(self) -> None:
        """Read the keys anew at the next call: they have changed."""
        self._keys.forget()


def _read_keys(conn: Connection) -> _Ring:
    by_digest, by_id = {}, {}
    for row in conn.execute(select(keys).where(keys.c.revoked.is_(None))):
        public = row.public_key and Ed25519PublicKey.from_public_bytes(row.public_key)
        held = Held(Caller(row.unit, row.id, row.scope), row.expires, public)
        by_digest[row.digest] = by_id[row.id] = held
    return _Ring(by_digest, by_id)
