"""What syndicate says over HTTP beside its feeds."""

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from faststream.kafka import KafkaBroker

from services.common.database import Database
from services.common.kafka import KafkaLink
from services.common.openapi import Answers
from services.common.problems import Problem, not_found
from services.common.said import said
from services.syndicate.feeds.binding import FORMATS
from services.syndicate.feeds.families import canonical
from services.syndicate.feeds.site import Site
from services.syndicate.history.pages import Pages
from services.syndicate.rendering import feed_store
from services.syndicate.rendering.press import Press

router = APIRouter(tags=["feeds"])


@dataclass(frozen=True)
class Parts:
    """What the routes work with."""

    database: Database
    press: Press
    pages: Pages
    site: Site
    broker: KafkaBroker
    link: KafkaLink


def _document(*media_types: str) -> Answers:
    return {
        200: {"content": {each: {} for each in media_types}, "description": "The document."},
        304: {"description": "You have it: `If-None-Match` names its ETag."},
    }


_FEED = _document(*(each.media_type for each in FORMATS))

# What is known was answered before this, by PublicFeeds: the routes are for the documentation.


@router.get(
    "/feeds/languages/{tag}.{extension}",
    response_class=Response,
    responses=_FEED | {301: {"description": "The feed, under the tag as it is usually written."}},
)
async def language_feed(request: Request, tag: str, extension: str) -> Response:
    """Give the feed of a language. The case of a tag means nothing: one that is written otherwise
    leads to the feed (RFC 5646, section 2.1.1)."""
    parts: Parts = request.app.state.parts
    name = f"languages/{canonical(tag)}"
    written = canonical(tag) == tag or extension not in {each.extension for each in FORMATS}
    if written or not await parts.database.read(partial(feed_store.is_known, feed=name)):
        raise not_found()
    return RedirectResponse(parts.site.feed(name, extension), 301)


@router.get("/feeds/{name:path}.{extension}", response_class=Response, responses=_FEED)
async def feed(request: Request, name: str, extension: str) -> Response:  # noqa: ARG001
    """Give a feed: `latest`, `urgent`, `corrections`, `units/CODE`, `columns/SLUG`,
    `campaigns/SLUG`, `languages/TAG` or `genres/GENRE`, as `rss`, `atom` or `json`."""
    parts: Parts = request.app.state.parts
    if parts.press.holds(name):
        parts.press.tell_changed(first=[name])
        why = said("This feed is being made anew.")
        raise Problem("overloaded", why, headers={"Retry-After": "1"})
    raise not_found()


@router.get(
    "/history/{name}/{page}.{extension}",
    response_class=Response,
    responses={
        200: {"content": {f.media_type: {} for f in FORMATS}, "description": "The page."},
        304: {"description": "You have it: `If-None-Match` names its ETag."},
        307: {"description": "Late articles have parted the page: the newest part is there."},
    },
)
async def page(name: str, page: str, extension: str) -> Response:  # noqa: ARG001 - likewise
    """Give a page of a feed's history (RFC 5005): `prev-archive` in the feed, or `next_url`, leads
    to the first, and from each to the one before it in time."""
    # Pages were answered before this, by PublicHistory.
    raise not_found()


@router.get("/", response_class=Response, responses=_document("text/html"))
async def index() -> Response:
    """List the feeds, for people and for the autodiscovery of feed readers."""
    raise not_found()


@router.get("/feeds.opml", response_class=Response, responses=_document("text/x-opml"))
async def subscriptions() -> Response:
    """List the feeds for import into a feed reader (OPML 2.0)."""
    raise not_found()


@router.get("/sitemap-news.xml", response_class=Response, responses=_document("application/xml"))
async def sitemap() -> Response:
    """Name the articles of the last two days, for search engines."""
    raise not_found()


@router.get("/robots.txt", response_class=Response, responses=_document("text/plain"))
async def robots() -> Response:
    """Say what crawlers may read (RFC 9309)."""
    raise not_found()
