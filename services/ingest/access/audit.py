"""The audit trail: who did what to what, when, with which key, by which request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy import Connection

from schemas.events import Trace
from services.common import trail
from services.common.instants import now
from services.common.trace import current_trace
from services.ingest.access.keyring import Caller

# One list of all that is written down.
Action = Literal[
    "article.submitted",
    "article.changed",
    "article.retracted",
    "article.accepted",
    "article.returned",
    "article.rejected",
    "article.erased",
    "registry.added",
    "registry.changed",
    "key.added",
    "key.revoked",
]


class Doer(Protocol):
    """Who acts, by which request, and when; `commands.Call` is one."""

    @property
    def unit(self) -> str | None: ...  # noqa: D102
    @property
    def by(self) -> str: ...  # noqa: D102
    @property
    def trace(self) -> Trace: ...  # noqa: D102
    @property
    def now(self) -> datetime: ...  # noqa: D102


@dataclass(frozen=True)
class Act:
    """What an admin does, where no article is concerned."""

    unit: str | None
    by: str
    trace: Trace
    now: datetime


def act_of(caller: Caller) -> Act:
    """Say that `caller` acts, now, by the request that is being answered."""
    return Act(caller.unit, caller.key, current_trace(), now())


def record(
    conn: Connection, doer: Doer, action: Action, about: str, detail: Mapping[str, object]
) -> None:
    """Write an entry, in the transaction of what it tells of.

    `about` is `KIND:CODE`. `detail` holds strings, numbers and null: nothing secret, and no text of
    an article, for entries stay; its digest says which text it was.
    """
    trail.append(
        conn,
        detail,
        at=doer.now,
        by=doer.by,
        unit=doer.unit,
        action=action,
        object=about,
        request_id=doer.trace.request_id,
    )
