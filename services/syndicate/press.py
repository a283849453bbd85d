"""The press: renders feeds that changed, off the event loop, and puts them on the shelf."""

import asyncio
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from math import inf
from uuid import UUID

import structlog
from sqlalchemy import Connection

from services.common.database import Database
from services.common.instants import now
from services.common.metrics import FEED_RENDERS
from services.syndicate import feed_store, listing, store
from services.syndicate.feed_store import Feed, Proof
from services.syndicate.feeds.binding import bind
from services.syndicate.feeds.families import TITLES, title_of
from services.syndicate.feeds.site import Site
from services.syndicate.fragments import Fragments
from services.syndicate.listing import Unlisted
from services.syndicate.shelf import Shelf

_GATHER = 0.05  # seconds: the first change is rendered at once, further ones together
# Feeds rendered before the first of them are served; what must not wait waits for so many at most.
_AT_ONCE = 4
_LISTED_AT_ONCE = 250  # versions in one transaction, for which the intake waits
_PAUSE = 1.0  # seconds after an error
_OPENING = 2.0  # seconds that a start may wait for feeds that changed since they were saved
_SAVE_EVERY = 1.0  # seconds
_SAVE_AT_ONCE = 4  # feeds: a few megabytes, so that saving never holds up the intake

log = structlog.get_logger()


class Press:
    """Renders in one task, one pass after the other; saves in another, slowly."""

    def __init__(self, database: Database, shelf: Shelf, site: Site, feed_size: int) -> None:
        self._database = database
        self._shelf = shelf
        self._site = site
        self._feed_size = feed_size
        self._fragments = Fragments(site)
        self._changed = asyncio.Event()
        self._first: dict[str, None] = {}  # feeds that must not wait, in the order of asking
        self._hurry = asyncio.Event()
        self._shown: dict[str, int] = {}
        self._unsaved: dict[str, Proof] = {}
        self._held: set[str] = set()
        self._forgotten: set[UUID] = set()
        self.listed = asyncio.Event()
        """Set when word that feeds show a version was put into the outbox."""

    def tell_changed(self, first: Collection[str] = ()) -> None:
        """Say that there is something to render, and which feeds must not wait for the others."""
        self._changed.set()
        if first:
            self._first.update(dict.fromkeys(first))
            self._hurry.set()

    def forget(self, articles: Iterable[UUID]) -> None:
        """Drop what memory holds of these, when nothing is being rendered from it."""
        self._forgotten.update(articles)

    def behind(self, feeds: Iterable[Feed]) -> list[Feed]:
        """Give those of `feeds` that are served in an older revision, or not at all."""
        return [feed for feed in feeds if self._shown.get(feed.name) != feed.revision]

    async def open(self) -> None:
        """Serve what was served last. A feed that changed since it was saved is rendered before
        anyone reads it, so that no reader steps back after a crash, nor sees again what was taken
        back. Where they are many, `run` goes on with it."""
        await self._database.write(partial(store.know, names=TITLES))
        self._shelf.remember(await self._database.read(feed_store.moments))
        feeds = await self._database.read(feed_store.feeds)
        revisions = {feed.name: feed.revision for feed in feeds}
        for proof in await self._database.read(feed_store.proofs):
            if proof.revision == revisions.get(proof.feed, proof.revision):
                self._show(proof)
        self._held = {feed.name for feed in self.behind(feeds)}
        await self._render_changed(_OPENING)

    def holds(self, feed: str) -> bool:
        """Say whether a feed is known but was not rendered yet since the start."""
        return feed in self._held

    async def run(self) -> None:
        """Render until cancelled. What has changed by then is rendered at the next start."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            began = time.perf_counter()
            try:
                await self._render_changed()
            except Exception:
                log.exception("feeds_not_rendered", pause=_PAUSE)
                self._changed.set()
                await asyncio.sleep(_PAUSE)
            spent = time.perf_counter() - began
            # With a backlog, half of the time is left to those who work it off.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), max(_GATHER - spent, spent))

    async def save_slowly(self) -> None:
        """Save until cancelled, first what has been unsaved for longest. To save every change would
        be to write two megabytes for an article of three kilobytes."""
        while True:
            await asyncio.sleep(_SAVE_EVERY)
            try:
                await self._save(list(self._unsaved.values())[:_SAVE_AT_ONCE])
            except Exception:
                log.exception("feeds_not_saved")

    async def save(self) -> None:
        """Save all that is served now."""
        await self._save(list(self._unsaved.values()))

    async def _save(self, proofs: Sequence[Proof]) -> None:
        if not proofs:
            return
        went_live = dict(self._shelf.moments)
        await self._database.write(
            partial(feed_store.save_proofs, made=proofs, went_live=went_live)
        )
        for proof in proofs:
            newest = self._unsaved.pop(proof.feed)
            if newest is not proof:  # rendered again meanwhile: to the end of the line
                self._unsaved[proof.feed] = newest

    async def _render_changed(self, seconds: float = inf) -> None:
        ends = time.perf_counter() + seconds
        self._hurry.clear()
        feeds, unlisted = await self._database.read(_state)
        waiting = {feed.name: None for feed in self.behind(feeds)}
        while self._first or waiting:
            if time.perf_counter() > ends:
                self._changed.set()
                return
            # In turn, so that neither of the two lines holds up the other.
            for line in (self._first, waiting):
                names = list(islice(line, _AT_ONCE))
                for name in names:
                    self._first.pop(name, None)
                    waiting.pop(name, None)
                await self._render(names)
        for start in range(0, len(unlisted), _LISTED_AT_ONCE):
            shown = unlisted[start : start + _LISTED_AT_ONCE]
            await self._database.write(partial(listing.mark_listed, shown=shown, at=now()))
            self.listed.set()
            self._changed.set()  # there may be more

    async def _render(self, names: Sequence[str]) -> None:
        if not names:
            return
        for proof in await self._database.read(partial(self._make, names=names)):
            self._show(proof)
            self._unsaved[proof.feed] = proof
        FEED_RENDERS.inc(len(names))

    def _show(self, proof: Proof) -> None:
        self._shelf.put(proof.documents, known=proof.feed not in self._held)
        self._held.discard(proof.feed)
        self._shown[proof.feed] = proof.revision

    def _make(self, connection: Connection, names: Sequence[str]) -> list[Proof]:
        titles = {
            feed.name: title_of(feed.name, feed.title) for feed in feed_store.feeds(connection)
        }
        self._fragments.speak_of(titles)
        while self._forgotten:
            self._fragments.forget(self._forgotten.pop())
        proofs = []
        for name in names:
            window = feed_store.window(connection, name, self._feed_size)
            fragments = self._fragments.of(window.entries, partial(feed_store.articles, connection))
            documents = bind(name, titles[name], fragments, self._site)
            proofs.append(Proof(name, window.revision, documents))
        return proofs


def _state(connection: Connection) -> tuple[list[Feed], list[Unlisted]]:
    """Read on one snapshot, so that what is unlisted stands in the feeds at these revisions."""
    return feed_store.feeds(connection), listing.unlisted(connection)
