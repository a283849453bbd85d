"""What archive does for those who run it: a router that nobody else gets through."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from services.archive.progress import Progress
from services.archive.rebuilding import Rebuilding
from services.common.auth import AdminKey, bearer
from services.common.openapi import BearerKey
from services.common.problems import unauthorized


@dataclass(frozen=True)
class Desk:
    """What these routes work with: `app.state.desk`."""

    admin: AdminKey
    rebuilding: Rebuilding


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(_desk)]


async def _admin_only(
    desk: TheDesk, authorization: Annotated[str | None, Depends(BearerKey())]
) -> None:
    """Let in who has the admin's key. Raises Problem (401)."""
    if not desk.admin.matches(bearer(authorization)):
        raise unauthorized()


router = APIRouter(prefix="/v1/admin", tags=["admin"], dependencies=[Depends(_admin_only)])


@router.post("/rebuild", status_code=202)
async def rebuild(desk: TheDesk) -> Progress:
    """Make a new index from Kafka's beginning, beside the one that answers, and put it in its place
    when it has everything. Asked again meanwhile, it goes on."""
    desk.rebuilding.ask()
    return desk.rebuilding.progress


@router.get("/rebuild")
async def progress(desk: TheDesk) -> Progress:
    """Tell how far it is; when it is over, what became of it."""
    return desk.rebuilding.progress
