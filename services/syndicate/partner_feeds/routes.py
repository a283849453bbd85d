"""HTTP for partners that pull: their feed, and single items."""

import asyncio
from uuid import UUID

from fastapi import Request, Response

from schemas.partner import Format
from services.common.codings import Coding, quick, wanted
from services.common.openapi import Answers
from services.common.problems import not_found
from services.syndicate.feeds.partner_format import PARTNER_FORMATS
from services.syndicate.partner_feeds.making import Made, PartnerFeeds
from services.syndicate.partners.admission import PartnerCode, is_newsroom
from services.syndicate.partners.routing import partner_router

router = partner_router("partners")

_FORMS = {"application/json": {"type": "object", "title": "ninjs 3.1"}}
_SAME: Answers = {304: {"description": "You have it: `If-None-Match` names its ETag."}}


def _answers(*media_types: str) -> Answers:
    content = {each: {"schema": _FORMS.get(each, {"type": "string"})} for each in media_types}
    documents: Answers = {200: {"content": content, "description": "The document."}}
    return documents | _SAME


@router.get(
    "/feed.{extension}",
    response_class=Response,
    responses=_answers(*(each.feed_type for each in PARTNER_FORMATS.values())),
)
async def partner_feed(request: Request, code: PartnerCode, extension: str) -> Response:
    """Give the newest articles of the partner's product as `rss`, `atom`, `json`, `ninjs` or
    `newsml`, if its contract has the format; with the notices of those that were taken back."""
    made = await _feeds(request).feed(code, _format(extension), _known(request))
    if made and not is_newsroom(request):
        _feeds(request).fed(code)
    return await _answer(request, made)


@router.get(
    "/items/{article}.{extension}",
    response_class=Response,
    responses=_answers(*(each.single_type for each in PARTNER_FORMATS.values())),
)
async def partner_item(
    request: Request, code: PartnerCode, article: str, extension: str
) -> Response:
    """Give one article of the partner's product, as it stands now."""
    try:
        which = UUID(article)
    except ValueError:
        raise not_found() from None
    made = await _feeds(request).item(code, _format(extension), which, _known(request))
    return await _answer(request, made)


def _feeds(request: Request) -> PartnerFeeds:
    feeds: PartnerFeeds = request.app.state.partner_feeds
    return feeds


def _format(extension: str) -> Format:
    try:
        return Format(extension)
    except ValueError:
        raise not_found() from None


def _known(request: Request) -> bytes | None:
    tags = request.headers.getlist("if-none-match")
    return ",".join(tags).encode("latin-1") if tags else None


async def _answer(request: Request, made: Made | None) -> Response:
    if made is None:
        raise not_found()
    headers = {
        "etag": made.etag.decode(),
        "cache-control": "private, no-cache",  # it may be kept, but must be asked for each time
        "vary": "Accept-Encoding",
    }
    if made.document is None:
        return Response(status_code=304, headers=headers)
    document = made.document
    headers |= {"content-type": document.content_type, "x-content-type-options": "nosniff"}
    accepted = wanted(request.headers.get("accept-encoding", "").encode("latin-1"))
    bodies: dict[Coding, bytes] = {"identity": document.body}
    if accepted[0] != "identity":
        bodies |= await asyncio.to_thread(quick, document.body)
    coding = next(each for each in accepted if each in bodies)
    if coding != "identity":
        headers["content-encoding"] = coding
    return Response(bodies[coding], headers=headers)
