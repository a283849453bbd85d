"""Looks up what stands where in a feed's history. Each function reads on its caller's snapshot."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection, select

from schemas.article import Article
from services.syndicate.feeds.families import feeds_of, title_of
from services.syndicate.feeds.site import Site, page_path
from services.syndicate.feeds.walk import Walk
from services.syndicate.history import store
from services.syndicate.history.chain import Page, page_behind, page_of
from services.syndicate.history.imprint import imprint
from services.syndicate.history.node import Node
from services.syndicate.rendering import feed_store
from services.syndicate.tables import FEED


@dataclass(frozen=True)
class Wanted:
    """The page of a feed's history that somebody asks for."""

    feed: str
    node: Node
    extension: str

    @property
    def path(self) -> str:
        """Its address on this service."""
        return page_path(self.feed, self.node.name, self.extension)


@dataclass(frozen=True)
class Found:
    """All that a page is made of, as it stands now."""

    wanted: Wanted
    page: Page
    articles: Mapping[UUID, bytes]
    """As JSON."""
    names: Mapping[str, str]
    """How the feeds are called that one of its articles is in, and its own."""

    @property
    def walk(self) -> Walk:
        """Where the page stands, and where the walk goes on."""
        previous = self.page.previous
        return Walk(self.page.node.name, previous.name if previous else None)

    def etag(self, site: Site) -> str:
        """Tell this state of the page from any other without making it."""
        parts = [
            imprint(),
            vars(site),
            self.wanted.path,
            self.walk.previous,
            sorted(self.names.items()),
            [(each.article.hex, each.version) for each in self.page.entries],
        ]
        said = json.dumps(parts, default=str).encode()
        return f'"{blake2b(said, digest_size=16).hexdigest()}"'


def walk_behind(connection: Connection, feed: str, shown: Collection[UUID], most: int) -> Walk:
    """Say how the walk begins at a feed that shows these of its articles."""
    standing = store.standing(connection, feed, len(shown) + most + 1)
    page = page_behind(standing, shown, most)
    return Walk(previous=page.name if page else None)


def look_up(connection: Connection, wanted: Wanted, most: int) -> Found | Wanted | None:
    """Find a page, or the one to look at instead, or nothing: there is no such feed, or the page
    is not closed yet."""
    if wanted.node.end > store.closed_until(connection):
        return None
    if not _names(connection, {wanted.feed}):
        return None
    standing = store.standing(connection, wanted.feed, 2 * most + 1, wanted.node.end)
    page = page_of(wanted.node, standing, most)
    if isinstance(page, Node):
        return Wanted(wanted.feed, page, wanted.extension)
    articles = feed_store.articles(connection, [each.article for each in page.entries])
    feeds = {feed for each in articles.values() for feed in _feeds_of(each)}
    return Found(wanted, page, articles, _names(connection, feeds | {wanted.feed}))


def _feeds_of(article: bytes) -> frozenset[str]:
    try:
        return feeds_of(Article.model_validate_json(article))
    except ValidationError:  # left out when the page is made, which the log then tells
        return frozenset()


def _names(connection: Connection, feeds: Collection[str]) -> dict[str, str]:
    known = select(FEED.c.name, FEED.c.title).where(FEED.c.name.in_(feeds))
    return {name: title_of(name, title) for name, title in connection.execute(known)}
