"""HTTP for the newsroom: the webhooks of a partner."""

from functools import partial
from uuid import UUID

import structlog
from fastapi import Request, Response
from pydantic import BaseModel
from starlette.responses import JSONResponse

from schemas.text import Code
from services.common.addresses import BadAddress, host_of
from services.common.bodies import read_body
from services.common.given import read, refused
from services.common.instants import now
from services.common.openapi import Answers, header, json_body
from services.common.problems import FieldError
from services.common.said import said
from services.syndicate.partners.admission import office_of
from services.syndicate.partners.routing import newsroom_router
from services.syndicate.ways import webhook_store
from services.syndicate.ways.answers import Switch
from services.syndicate.ways.webhook_store import (
    GivenWebhook,
    MadeWebhook,
    Webhook,
)

_MOST_BYTES = 16 * 1024
_MADE: Answers = {201: {"description": "Made", "headers": {"Location": header("Where")}}}
_SECRET = {"Cache-Control": "no-store"}

log = structlog.get_logger()

router = newsroom_router("/partners/{code}/webhooks", tags=["webhooks"])


class Webhooks(BaseModel):
    """A partner's webhooks: few, so all at once."""

    items: list[Webhook]
    next: None = None


@router.post(
    "",
    status_code=201,
    response_model=MadeWebhook,
    responses=_MADE,
    openapi_extra=json_body(GivenWebhook),
)
async def make_webhook(request: Request, code: Code) -> Response:
    """Push to an address what the partner gets from now on. The secret is shown this once."""
    database = office_of(request).database
    await database.read(partial(webhook_store.listed, partner=code))
    given = read(await read_body(request, _MOST_BYTES), GivenWebhook)
    host = _host(request, given.url)
    job = partial(webhook_store.make, partner=code, given=given, host=host, at=now())
    made = await database.write(job)
    log.info("webhook_made", partner=code, way=str(made.id), host=host, format=given.format)
    location = {"Location": f"/v1/admin/partners/{code}/webhooks/{made.id}"}
    return JSONResponse(made.model_dump(mode="json"), 201, location | _SECRET)


@router.get("")
async def list_webhooks(request: Request, code: Code) -> Webhooks:
    """List the partner's webhooks, and how they are; never their secrets."""
    rows = await office_of(request).database.read(partial(webhook_store.listed, partner=code))
    return Webhooks(items=[Webhook.of(row) for row in rows])


@router.get("/{webhook}")
async def get_webhook(request: Request, code: Code, webhook: UUID) -> Webhook:
    """Give a webhook."""
    find = partial(webhook_store.find, partner=code, webhook=webhook)
    return Webhook.of(await office_of(request).database.read(find))


@router.patch("/{webhook}", response_model=Webhook, openapi_extra=json_body(Switch))
async def switch_webhook(request: Request, code: Code, webhook: UUID) -> Webhook:
    """Turn a webhook off or on. What is published while it is off it does not get: that is for a
    replay."""
    database = office_of(request).database
    await database.read(partial(webhook_store.find, partner=code, webhook=webhook))
    wish = read(await read_body(request, _MOST_BYTES), Switch)
    job = partial(webhook_store.switch, partner=code, webhook=webhook, on=wish.on)
    row = await database.write(job)
    log.info("webhook_switched", partner=code, way=str(webhook), on=wish.on)
    return Webhook.of(row)


@router.post("/{webhook}/secret", response_model=MadeWebhook)
async def rotate_secret(request: Request, code: Code, webhook: UUID) -> Response:
    """Give a webhook another secret, shown this once. For 24 hours, the one before signs too."""
    job = partial(webhook_store.rotate, partner=code, webhook=webhook, at=now())
    made = await office_of(request).database.write(job)
    log.info("webhook_secret_rotated", partner=code, way=str(webhook))
    return JSONResponse(made.model_dump(mode="json"), headers=_SECRET)


@router.delete("/{webhook}", status_code=204)
async def remove_webhook(request: Request, code: Code, webhook: UUID) -> None:
    """Forget a webhook and its secrets. What waits for it is not sent."""
    job = partial(webhook_store.remove, partner=code, webhook=webhook)
    await office_of(request).database.write(job)
    log.info("webhook_removed", partner=code, way=str(webhook))


def _host(request: Request, url: str) -> str:
    try:
        host = host_of(url, request.app.state.allowed_targets)
    except BadAddress as bad:
        raise refused([FieldError("/url", bad.why, "url")]) from None
    if "@" in url.split("/")[2]:
        why = said("must have no name or password in it: the signature is enough")
        raise refused([FieldError("/url", why, "url")])
    return host
