"""HTTP for those who run it: who has subscribed, and how it goes."""

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from services.common.auth import bearer
from services.common.openapi import BearerKey
from services.common.problems import unauthorized
from services.syndicate.hub import subscriptions
from services.syndicate.hub.routes import desk_of


class Subscription(BaseModel):
    """A subscription. Of its callback only the host is told: whoever knows the rest is let in."""

    id: int
    topic: str
    host: str
    signed: bool
    expires: datetime
    due_at: datetime | None
    """When the next push is made; nothing while the subscriber has the newest."""
    failures: int
    failing_since: datetime | None


class Subscriptions(BaseModel):
    """Some of them, and the cursor for those that follow."""

    items: list[Subscription]
    next: int | None


async def admin_only(
    request: Request, authorization: Annotated[str | None, Depends(BearerKey())]
) -> None:
    """Let in who has the admin's key. Raises Problem (401)."""
    if not desk_of(request).admin.matches(bearer(authorization)):
        raise unauthorized()


router = APIRouter(prefix="/v1/admin/hub", tags=["hub"], dependencies=[Depends(admin_only)])


@router.get("/subscriptions")
async def list_subscriptions(
    request: Request,
    cursor: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Subscriptions:
    """List WebSub subscriptions: until when, and whether their pushes arrive."""
    listing = partial(subscriptions.listed, after=cursor, limit=limit + 1)
    rows = await desk_of(request).database.read(listing)
    items = [
        Subscription(
            id=row.seq,
            topic=row.topic,
            host=row.host,
            signed=row.secret is not None,
            expires=row.expires,
            due_at=row.due_at,
            failures=row.failures,
            failing_since=row.failing_since,
        )
        for row in rows[:limit]
    ]
    return Subscriptions(items=items, next=items[-1].id if len(rows) > limit else None)
