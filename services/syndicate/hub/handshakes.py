"""What callbacks are still to be asked or told. Each function is a part of its caller's
transaction."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from schemas.events import Trace
from services.syndicate.hub import subscriptions
from services.syndicate.hub.subscriptions import Places
from services.syndicate.hub.topics import feed_of
from services.syndicate.hub.wish import Mode, Wish
from services.syndicate.tables import FEED
from services.syndicate.tables import HUB_HANDSHAKE as HANDSHAKE

# Who has subscribed finds a place all the same: of these there are no more than subscriptions.
_WAITING = Places(total=2000, per_host=200)


class NoSuchTopic(Exception):
    """No feed has this path."""


class TooManyWaiting(Exception):
    """More callbacks are to be asked than can be asked soon."""


@dataclass(frozen=True)
class Occasion:
    """When something was asked for or decided, and the request that it follows from."""

    at: datetime
    trace: Trace


def ask(connection: Connection, wish: Wish, etag: str, places: Places, occasion: Occasion) -> None:
    """Have a callback asked whether it wants this; what it was to be asked before is forgotten.
    Raises NoSuchTopic, NoPlace, TooManyWaiting."""
    if not connection.scalars(select(FEED.c.name).where(FEED.c.name == feed_of(wish.topic))).all():
        raise NoSuchTopic
    is_new = subscriptions.find(connection, wish.topic, wish.callback) is None
    if wish.mode is Mode.SUBSCRIBE and is_new:
        subscriptions.expect_place(connection, wish.host, places)
    _forget(connection, wish.topic, wish.callback)
    if is_new and _WAITING.full(connection, HANDSHAKE, wish.host):
        raise TooManyWaiting
    _add(connection, asdict(wish) | {"etag": etag}, occasion)


def deny(
    connection: Connection, of: Row[Any], topic_url: str, reason: str, occasion: Occasion
) -> None:
    """End a subscription (or a wish for one), and have the callback told (WebSub, section 5.2)."""
    subscriptions.end(connection, of.topic, of.callback)
    _forget(connection, of.topic, of.callback)
    fields = {"topic": of.topic, "topic_url": topic_url, "callback": of.callback, "host": of.host}
    fields |= {"mode": Mode.DENIED, "lease": 0, "etag": "", "reason": reason}
    _add(connection, fields, occasion)


def settle(connection: Connection, seq: int) -> bool:
    """Forget a handshake; say whether it was still wanted, and not replaced by a newer one."""
    return bool(connection.execute(delete(HANDSHAKE).where(HANDSHAKE.c.seq == seq)).rowcount)


def postpone(connection: Connection, seq: int, due_at: datetime) -> None:
    """Try again later."""
    connection.execute(
        update(HANDSHAKE)
        .where(HANDSHAKE.c.seq == seq)
        .values(attempts=HANDSHAKE.c.attempts + 1, due_at=due_at)
    )


def release(connection: Connection, at: datetime) -> None:
    """Take up at once what another process has left, but for what waits after a failure."""
    connection.execute(update(HANDSHAKE).where(HANDSHAKE.c.attempts == 0).values(due_at=at))


def _forget(connection: Connection, topic: str, callback: str) -> None:
    same = (HANDSHAKE.c.topic == topic, HANDSHAKE.c.callback == callback)
    connection.execute(delete(HANDSHAKE).where(*same))


def _add(connection: Connection, fields: dict[str, Any], occasion: Occasion) -> None:
    row = fields | {"attempts": 0, "due_at": occasion.at}
    connection.execute(insert(HANDSHAKE).values(**row, trace=occasion.trace.model_dump_json()))
