"""Keys, stored and shown: made, listed, revoked. What is secret is shown once and kept by no one.

A unit has keys that submit, and keys that verify its signatures; the newsroom and admins have keys
under a name. Of each sort two may be live, so that one can follow the other without a gap.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key
from pydantic import Field
from sqlalchemy import Connection, Select, func, insert, or_, select, update

from schemas.text import FilledLine, Line
from schemas.times import Time
from services.common import auth
from services.common.given import Given, refused
from services.common.ids import new_id
from services.common.problems import FieldError, Problem, not_found
from services.common.said import said
from services.ingest.access import audit
from services.ingest.access.audit import Act
from services.ingest.access.keyring import Scope
from services.ingest.registry import entries as registry
from services.ingest.tables import keys

_LIVE_KEYS = 2


class GivenKey(Given):
    """What may be said of a unit's key."""

    expires: Time | None = None
    note: Annotated[Line, Field(max_length=200)] = ""


class GivenNamedKey(GivenKey):
    """A key of the newsroom or of an admin."""

    name: Annotated[FilledLine, Field(max_length=100)]
    scope: Literal["newsroom", "admin"]


class GivenSigningKey(GivenKey):
    """An Ed25519 public key: PEM, or base64 of its 32 bytes or of its DER."""

    public_key: Annotated[str, Field(max_length=2000)]


@dataclass(frozen=True)
class Owner:
    """Whose keys: a unit's, or those under a name. `signing` tells those that verify signatures."""

    scope: Scope
    unit: str | None = None
    name: str | None = None
    signing: bool = False

    @property
    def about(self) -> str:
        """The owner, as the audit trail names him."""
        return f"unit:{self.unit}" if self.unit else f"{self.scope}:{self.name}"


def add_key(conn: Connection, act: Act, owner: Owner, given: GivenKey) -> dict[str, Any]:
    """Make a key, and show it this once."""
    key = auth.new_key()
    row = _add(conn, act, owner, given, digest=auth.digest(key))
    return _shown(row) | {"key": key}


def add_signing_key(
    conn: Connection, act: Act, owner: Owner, given: GivenSigningKey
) -> dict[str, Any]:
    """Register the public half of a key that never leaves its unit."""
    raw = public_key(given.public_key).public_bytes_raw()
    digest = auth.digest(raw.hex())
    if conn.scalar(select(keys.c.id).where(keys.c.digest == digest)):
        raise Problem("conflict", said("This public key is or was registered; make a new one."))
    return _shown(_add(conn, act, owner, given, digest=digest, public_key=raw))


def revoke_key(conn: Connection, act: Act, owner: Owner | None, key: UUID) -> None:
    """End a key of the owner's; without one, a key of the newsroom's or an admin's."""
    found = keys.c.unit.is_(None) if owner is None else _of(owner)
    row = conn.execute(
        select(keys).where(found, keys.c.id == str(key), keys.c.revoked.is_(None))
    ).one_or_none()
    if row is None:
        raise not_found()
    conn.execute(update(keys).where(keys.c.id == str(key)).values(revoked=act.now))
    about = Owner(row.scope, row.unit, row.name).about
    audit.record(conn, act, "key.revoked", f"key:{key}", {"of": about, "scope": row.scope})


def listed(
    conn: Connection, owner: Owner | None, used: Mapping[str, datetime]
) -> list[dict[str, Any]]:
    """List keys that are not revoked, without what is secret; `used` is fresher than the store."""
    if owner is not None and owner.unit:
        _check_unit(conn, owner.unit)
    found = keys.c.unit.is_(None) if owner is None else _of(owner)
    rows = conn.execute(select(keys).where(found, keys.c.revoked.is_(None)).order_by(keys.c.id))
    return [_listed(row._asdict(), used) for row in rows]


def store_uses(conn: Connection, used: Mapping[str, datetime]) -> None:
    """Store when keys were last used."""
    for key, at in used.items():
        unknown = or_(keys.c.last_used.is_(None), keys.c.last_used < at)
        conn.execute(update(keys).where(keys.c.id == key, unknown).values(last_used=at))


def public_key(text: str) -> Ed25519PublicKey:
    """Read a public key. Raises Problem (422) where it is not one of Ed25519."""
    try:
        if "-----BEGIN" in text:
            loaded = load_pem_public_key(text.encode())
        elif len(raw := base64.b64decode("".join(text.split()), validate=True)) == 32:
            loaded = Ed25519PublicKey.from_public_bytes(raw)
        else:
            loaded = load_der_public_key(raw)
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        loaded = None
    if not isinstance(loaded, Ed25519PublicKey):
        detail = said("is no Ed25519 public key in PEM or base64")
        raise refused([FieldError("/public_key", detail, "public_key")])
    return loaded


def _add(
    conn: Connection, act: Act, owner: Owner, given: GivenKey, **secret: object
) -> dict[str, Any]:
    if owner.unit:
        _check_unit(conn, owner.unit)
    if given.expires and given.expires <= act.now:
        raise refused([FieldError("/expires", said("is past already"), "past")])
    if conn.scalar(_count_live(owner, act.now)) >= _LIVE_KEYS:
        raise Problem("conflict", said("There are two live keys; revoke one first."))
    row = {
        "id": str(new_id()),
        "scope": owner.scope,
        "unit": owner.unit,
        "name": owner.name,
        "note": given.note,
        "created": act.now,
        "expires": given.expires,
        **secret,
    }
    conn.execute(insert(keys).values(row))
    expires = given.expires and given.expires.isoformat()
    detail = {"of": owner.about, "scope": owner.scope, "expires": expires}
    audit.record(conn, act, "key.added", f"key:{row['id']}", detail)
    return row


def _check_unit(conn: Connection, unit: str) -> None:
    if registry.find(conn, "unit", unit) is None:
        raise not_found()


def _count_live(owner: Owner, at: datetime) -> Select[Any]:
    live = keys.c.revoked.is_(None), or_(keys.c.expires.is_(None), keys.c.expires > at)
    return select(func.count()).select_from(keys).where(_of(owner), *live)


def _of(owner: Owner) -> Any:  # noqa: ANN401 - a condition
    signing = keys.c.public_key.is_not(None) if owner.signing else keys.c.public_key.is_(None)
    whose = keys.c.unit == owner.unit if owner.unit else keys.c.name == owner.name
    return signing & whose & (keys.c.scope == owner.scope)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {"name": row["name"], "scope": row["scope"]} if row["name"] else {}
    return {"id": row["id"], "expires": _time(row["expires"]), **named}


def _listed(row: Mapping[str, Any], used: Mapping[str, datetime]) -> dict[str, Any]:
    times = [at for at in (row["last_used"], used.get(row["id"])) if at]
    return _shown(row) | {
        "created": _time(row["created"]),
        "last_used": _time(max(times, default=None)),
        "note": row["note"],
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
