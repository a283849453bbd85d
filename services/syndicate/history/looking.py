"""Looks up what stands where in a feed's history. Each function reads on its caller's snapshot."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import Connection

from services.syndicate import feed_store
from services.syndicate.feeds.families import title_of
from services.syndicate.feeds.site import Site, page_path
from services.syndicate.feeds.walk import Walk
from services.syndicate.history import store
from services.syndicate.history.chain import Page, closed_until, page_behind, page_of
from services.syndicate.history.imprint import imprint
from services.syndicate.history.node import Node

_EVERYTHING = "latest"  # the feed that every article in any feed is in


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
    """What a page is made of, as it stands now."""

    wanted: Wanted
    page: Page
    registered: Mapping[str, str]
    """Feed names to titles, where the registry names them."""

    @property
    def walk(self) -> Walk:
        """Where the page stands, and where the walk goes on."""
        previous = self.page.previous
        return Walk(self.page.node.name, previous.name if previous else None)

    @property
    def articles(self) -> frozenset[UUID]:
        """All that the page shows."""
        return frozenset(each.article for each in self.page.entries)

    def etag(self, site: Site) -> str:
        """Tell this state of the page from any other without making it: by everything that its
        bytes follow from."""
        parts = [
            imprint(),
            vars(site),
            self.wanted.path,
            self.walk.previous,
            sorted(self.registered.items()),
            [(each.article.hex, each.version) for each in self.page.entries],
        ]
        return f'"{blake2b(json.dumps(parts, default=str).encode(), digest_size=16).hexdigest()}"'


def walk_behind(connection: Connection, feed: str, shown: Collection[UUID], most: int) -> Walk:
    """Say how the walk begins at a feed that shows these of its articles."""
    standing = store.standing(connection, feed, len(shown) + most + 1)
    page = page_behind(standing, shown, most)
    return Walk(previous=page.name if page else None)


def look_up(connection: Connection, wanted: Wanted, most: int) -> Found | Wanted | None:
    """Find a page, or the one to look at instead, or nothing: there is no such feed, or the page
    is not closed yet."""
    feeds = feed_store.feeds(connection)
    newest = store.standing(connection, _EVERYTHING, 1)
    is_known = any(feed.name == wanted.feed for feed in feeds)
    if not is_known or not newest or wanted.node.end > closed_until(newest):
        return None
    standing = store.standing(connection, wanted.feed, 2 * most + 1, wanted.node.end)
    match page_of(wanted.node, standing, most):
        case Node() as node:
            return Wanted(wanted.feed, node, wanted.extension)
        case Page() as page:
            return Found(wanted, page, {f.name: f.title for f in feeds if f.title})


def titles(connection: Connection) -> dict[str, str]:
    """Say how each feed is called."""
    return {feed.name: title_of(feed.name, feed.title) for feed in feed_store.feeds(connection)}
