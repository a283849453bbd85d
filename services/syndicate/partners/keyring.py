"""Finds the partner that a key stands for, without asking the database each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from services.common.auth import digest
from services.common.database import Database
from services.common.fresh import Fresh
from services.common.instants import now
from services.syndicate.partner_tables import PARTNER, PARTNER_KEY

# Another syndicate may have revoked a key: what we hold is trusted for so long.
_FRESH_FOR = 1.0  # seconds


@dataclass(frozen=True)
class Held:
    """A key that opens its partner's door until it expires."""

    partner: str
    key: UUID
    expires: datetime | None


@dataclass(frozen=True)
class _Ring:
    by_digest: Mapping[str, Held]
    partners: frozenset[str]


class Keyring:
    """Finds partners, and notes when each key was used.

    Keys are looked up by their SHA-256: how long that takes depends on the digest, which nobody can
    steer towards that of a key he does not have.
    """

    def __init__(self, database: Database) -> None:
        self._ring = Fresh(database, _read, _FRESH_FOR)
        self.used: dict[UUID, datetime] = {}
        """When each key was last used here, as far as `upkeep` has not stored it yet."""

    async def partner(self, key: str) -> str | None:
        """Tell whose key it is, if it is a good one, and note its use."""
        held = (await self._ring.get()).by_digest.get(digest(key))
        at = now()
        if held is None or (held.expires is not None and held.expires <= at):
            return None
        self.used[held.key] = at
        return held.partner

    async def knows(self, code: str) -> bool:
        """Whether there is a partner of this code, active or not."""
        return code in (await self._ring.get()).partners

    def forget(self) -> None:
        """Read all anew at the next call: keys or partners have changed."""
        self._ring.forget()


def _read(connection: Connection) -> _Ring:
    rows = connection.execute(select(PARTNER.c.code, PARTNER.c.active)).all()
    active = {row.code for row in rows if row.active}
    keys = connection.execute(select(PARTNER_KEY))
    by_digest = {
        row.digest: Held(row.partner, row.id, row.expires) for row in keys if row.partner in active
    }
    return _Ring(by_digest, frozenset(row.code for row in rows))
