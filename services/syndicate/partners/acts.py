"""Who did what to partners: entries of the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends
from sqlalchemy import Connection

from services.common import trail
from services.common.instants import now
from services.common.trace import current_trace

# One list of all that is written down.
Action = Literal[
    "partner.added",
    "partner.changed",
    "key.added",
    "key.revoked",
    "version.acknowledged",  # in the partner's name
]


@dataclass(frozen=True)
class Act:
    """What an admin does: when, and by which request."""

    now: datetime
    request_id: str


async def act() -> Act:
    """Say that it is done now, by the request that is being answered."""
    return Act(now(), current_trace().request_id)


ActOf = Annotated[Act, Depends(act)]


def record(
    connection: Connection, act: Act, action: Action, about: str, detail: Mapping[str, object]
) -> None:
    """Write an entry, in the transaction of what it tells of.

    `about` is `KIND:CODE`. `detail` holds strings, numbers and null, and nothing secret.
    """
    trail.append(
        connection,
        detail,
        at=act.now,
        by="admin",
        unit=None,
        action=action,
        object=about,
        request_id=act.request_id,
    )
