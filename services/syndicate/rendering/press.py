"""The press: renders what changed, off the event loop, and puts it on the shelf."""

import asyncio
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from functools import partial
from math import inf
from uuid import UUID

import structlog
from sqlalchemy import Connection

from services.common.database import Database
from services.common.metrics import FEED_RENDER_SECONDS, FEED_RENDERS
from services.syndicate import store
from services.syndicate.feeds.binding import bind
from services.syndicate.feeds.families import TITLES, title_of
from services.syndicate.feeds.site import Site
from services.syndicate.history.looking import walk_behind
from services.syndicate.lists import store as list_store
from services.syndicate.lists.printing import Lists
from services.syndicate.rendering import feed_store
from services.syndicate.rendering.feed_store import Feed, Proof
from services.syndicate.rendering.fragments import Fragments
from services.syndicate.rendering.waiting import Waiting
from services.syndicate.rendering.window import Periods
from services.syndicate.serving.shelf import Shelf

_GATHER = 0.01  # seconds: the first change is rendered at once, further ones together
# Feeds rendered before the first of them are served: those of one article, mostly.
_AT_ONCE = 8
_MOST_REST = 0.25  # seconds: half of the time is left to the others, up to this
# While a backlog is worked off, what is rendered will be old in a moment: a fifth of the time.
_BACKLOG_GATHER = 2.0  # seconds
_BACKLOG_REST = 4  # times as long as the rendering took
_BACKLOG_LASTS = 0.5  # seconds after the last word of it
_PAUSE = 1.0  # seconds after an error
_OPENING = 2.0  # seconds that a start may wait for feeds that changed since they were saved
_SAVE_EVERY = 0.25  # seconds
_SAVE_AT_ONCE = 1  # feed: under a megabyte, so that saving never holds up the intake

_FOR_EVER = Periods()

log = structlog.get_logger()


class Press:
    """Renders in one task, one pass after the other; saves in another, slowly."""

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        site: Site,
        feed_size: int,
        periods: Periods = _FOR_EVER,
        publication: str = "tinbai",
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._site = site
        self._feed_size = feed_size
        self._periods = periods
        self._fragments = Fragments(site)
        self._changed = asyncio.Event()
        self._asked = 0.0  # when the first change came that is not rendered yet
        self._first: dict[str, None] = {}  # feeds that must not wait, in the order of asking
        self._hurry = asyncio.Event()
        self._backlog_until = 0.0
        self._waiting = Waiting()
        self._unsaved: dict[str, Proof] = {}
        self._held: set[str] = set()
        self._forgotten: set[UUID] = set()
        self.rendered = 0
        """Every change up to this revision is served."""
        self.progress = asyncio.Event()
        """Set whenever `rendered` grows."""
        self.lists = Lists(database, site, publication, self.behind, self._take)
        """What is made of all feeds together."""

    def tell_changed(self, first: Collection[str] = (), *, backlog: bool = False) -> None:
        """Say that there is something to render, which feeds must not wait for the others, and
        whether much more will change at once."""
        if not self._changed.is_set():
            self._asked = time.perf_counter()
            self._changed.set()
        if backlog:
            self._backlog_until = time.perf_counter() + _BACKLOG_LASTS
        if first:
            self._first.update(dict.fromkeys(first))
            self._hurry.set()

    def forget(self, articles: Iterable[UUID]) -> None:
        """Drop what memory holds of these, when nothing is being rendered from it."""
        self._forgotten.update(articles)

    def behind(self, feeds: Iterable[Feed]) -> list[Feed]:
        """Give those of `feeds` that are served in an older revision, or not at all."""
        return self._waiting.behind(feeds)

    async def open(self) -> None:
        """Serve what was served last. A feed that changed since it was saved is rendered before
        anyone reads it, so that no reader steps back after a crash, nor sees again what was taken
        back. Where they are many, `run` goes on with it."""
        await self._database.write(_begin)
        self._shelf.remember(await self._database.read(feed_store.moments))
        feeds = await self._database.read(feed_store.feeds)
        revisions = {feed.name: feed.revision for feed in feeds}
        for proof in await self._database.read(feed_store.proofs):
            if proof.revision == revisions.get(proof.feed, proof.revision):
                self._show(proof)
        self._held = {feed.name for feed in self.behind(feeds)}
        await self._render_changed(_OPENING)
        await self.lists.make()

    def holds(self, feed: str) -> bool:
        """Say whether a feed is known but was not rendered yet since the start."""
        return feed in self._held

    async def run(self) -> None:
        """Render until cancelled. What has changed by then is rendered at the next start."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            asked = self._asked
            try:
                await self._rest(until=asked, in_backlog_until=asked + _BACKLOG_GATHER)
                began = time.perf_counter()
                await self._render_changed()
                ended = time.perf_counter()
                spent = ended - began
                # Counted from when the change was asked for: counted from its rendering, one that
                # had waited would make each that follows wait as long.
                await self._rest(
                    until=max(asked + _GATHER, ended + min(spent, _MOST_REST)),
                    in_backlog_until=ended + _BACKLOG_REST * spent,
                )
            except Exception:
                log.exception("feeds_not_rendered", pause=_PAUSE)
                self._changed.set()
                await asyncio.sleep(_PAUSE)

    async def _rest(self, until: float, in_backlog_until: float) -> None:
        """Gather what changes, but render what must not wait."""
        while (left := self._end_of_rest(until, in_backlog_until) - time.perf_counter()) > 0:
            # Not `wait_for`: before Python 3.12 it may swallow a cancellation that comes together.
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._hurry.wait()
            if self._hurry.is_set():
                await self._render_first()

    def _end_of_rest(self, until: float, in_backlog_until: float) -> float:
        return max(until, min(in_backlog_until, self._backlog_until))

    @property
    def _in_backlog(self) -> bool:
        return time.perf_counter() < self._backlog_until

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
        """Render what has changed up to now; what changes meanwhile may come first. After some
        `seconds`, leave the rest to another time."""
        ends = time.perf_counter() + seconds
        await self._render()
        until = self._waiting.read
        while self._waiting.rendered < until:
            if time.perf_counter() > ends:
                self._changed.set()
                return
            await self._render()

    async def _render_first(self) -> None:
        """Render what must not wait, and little else."""
        await self._render()
        while self._waiting.hurried:
            await self._render()

    async def _render(self) -> None:
        """Render some feeds."""
        self._hurry.clear()
        first, self._first = self._first, {}
        with FEED_RENDER_SECONDS.time():
            made = await self._database.read(partial(self._make, first=first))
        self._take(made)
        FEED_RENDERS.inc(len(made))
        self.rendered = self._waiting.rendered
        self.progress.set()
        self.lists.due.set()

    def _take(self, proofs: Iterable[Proof]) -> None:
        for proof in proofs:
            self._show(proof)
            self._unsaved[proof.feed] = proof

    def _show(self, proof: Proof) -> None:
        self._shelf.put(proof.documents)
        self._held.discard(proof.feed)
        self._waiting.served(proof.feed, proof.revision)

    def _make(self, connection: Connection, first: Iterable[str]) -> list[Proof]:
        """Find what has changed and render what is next, on one snapshot. The loop waits for it, so
        it may touch what nobody else touches meanwhile."""
        changed = feed_store.feeds_since(connection, self._waiting.read)
        for feed in changed:
            self._fragments.speak_of(feed.name, title_of(feed.name, feed.title))
        self._waiting.add(changed)
        self._waiting.hurry(first)
        while self._forgotten:
            self._fragments.forget(self._forgotten.pop())
        proofs = []
        for name in self._waiting.next(_AT_ONCE, in_order=self._in_backlog):
            window = feed_store.window(connection, name, self._feed_size, self._periods)
            fragments = self._fragments.of(window.entries, partial(feed_store.articles, connection))
            shown = {article for article, _ in window.entries}
            walk = walk_behind(connection, name, shown, self._feed_size)
            documents = bind(name, self._fragments.names[name], fragments, self._site, walk)
            proofs.append(Proof(name, window.revision, documents))
        return proofs


def _begin(connection: Connection) -> None:
    """Have what is there from the start."""
    store.know(connection, TITLES)
    list_store.begin(connection)
