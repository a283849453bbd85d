"""What syndicate says over HTTP beside its feeds."""

from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from faststream.kafka import KafkaBroker
from jinja2 import Environment, FileSystemLoader

from services.common.database import Database
from services.common.kafka import KafkaLink
from services.common.problems import Problem, not_found
from services.common.said import said
from services.syndicate import feed_store
from services.syndicate.feeds.binding import FORMATS
from services.syndicate.feeds.families import title_of
from services.syndicate.feeds.site import Site
from services.syndicate.press import Press

_PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)

router = APIRouter(tags=["feeds"])


@dataclass(frozen=True)
class Parts:
    """What the routes work with."""

    database: Database
    press: Press
    site: Site
    broker: KafkaBroker
    link: KafkaLink


@router.get(
    "/feeds/{name:path}.{extension}",
    response_class=Response,
    responses={
        200: {"content": {f.media_type: {} for f in FORMATS}, "description": "The feed."},
        304: {"description": "You have it: `If-None-Match` names its ETag."},
    },
)
async def feed(request: Request, name: str, extension: str) -> Response:  # noqa: ARG001
    """Give a feed: `latest`, `urgent`, `corrections`, `units/CODE`, `columns/SLUG`,
    `campaigns/SLUG`, `languages/TAG` or `genres/GENRE`, as `rss`, `atom` or `json`."""
    # Feeds that are known were answered before this, by PublicFeeds.
    parts: Parts = request.app.state.parts
    if parts.press.holds(name):
        parts.press.tell_changed(first=[name])
        why = said("This feed is being made anew.")
        raise Problem("overloaded", why, headers={"Retry-After": "1"})
    raise not_found()


@router.get("/", response_class=HTMLResponse)
async def index(request: Request) -> str:
    """List the feeds, for people and for the autodiscovery of feed readers."""
    parts: Parts = request.app.state.parts
    known = await parts.database.read(feed_store.feeds)
    feeds = {feed.name: title_of(feed.name, feed.title) for feed in known}
    return _PAGES.get_template("index.html").render(feeds=feeds, formats=FORMATS, site=parts.site)
