"""Nonces of signatures: each is good once, whichever ingest sees it, and after a restart too."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from services.ingest.access.signatures import Signed
from services.ingest.tables import nonces

# Longer than a signature lives: a clock that is set back must not make an old one good again.
_KEPT_LONGER = timedelta(minutes=15)


def use(conn: Connection, signed: Signed) -> bool:
    """Take the nonce of a good signature; False if it was taken before."""
    same = (nonces.c.key == signed.key) & (nonces.c.nonce == signed.nonce)
    if conn.scalar(select(nonces.c.key).where(same)) is not None:
        return False
    until = signed.until + _KEPT_LONGER
    conn.execute(insert(nonces).values(key=signed.key, nonce=signed.nonce, kept_until=until))
    return True


def forget(conn: Connection, now: datetime) -> None:
    """Forget the nonces of signatures that are too old by far."""
    conn.execute(delete(nonces).where(nonces.c.kept_until < now))
