"""The press: renders what changed, off the event loop, and puts it on the shelf."""

import asyncio
import time
from collections.abc import Collection, Iterable
from functools import partial
from math import inf
from uuid import UUID

import structlog
from sqlalchemy import Connection

from services.common.database import Database, store_is_at_fault
from services.common.metrics import FEED_FAILURES, FEED_RENDER_SECONDS, FEED_RENDERS
from services.common.tasks import woken
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
from services.syndicate.rendering.saving import Saving
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
_PAUSE = 1.0  # seconds after an error of the store
# Seconds after which a feed that can't be rendered is tried again; the last one stays.
_PAUSES = (1.0, 2.0, 4.0, 15.0, 60.0)
_OPENING = 2.0  # seconds that a start may wait for feeds that changed since they were saved

_FOR_EVER = Periods()

log = structlog.get_logger()


class Press:
    """Renders in one task, one pass after the other."""

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
        self._held: set[str] = set()
        self._again: set[str] = set()  # feeds that failed, and whose pause is over
        self._forgotten: set[UUID] = set()
        self.rendered = 0
        """Every change up to this revision is served, but in feeds that fail again and again."""
        self.progress = asyncio.Event()
        """Set whenever `rendered` grows."""
        self.saving = Saving(database, shelf)
        """Keeps what is served, in a task of its own."""
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
            await woken(self._hurry, left)
            if self._hurry.is_set():
                await self._render_first()

    def _end_of_rest(self, until: float, in_backlog_until: float) -> float:
        return max(until, min(in_backlog_until, self._backlog_until))

    @property
    def _in_backlog(self) -> bool:
        return time.perf_counter() < self._backlog_until

    async def _render_changed(self, seconds: float = inf) -> None:
        """Render what has changed up to now; what changes meanwhile may come first. After some
        `seconds`, leave the rest to another time."""
        ends = time.perf_counter() + seconds
        await self._render()
        until = self._waiting.read
        while self._waiting.tried < until:
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
            made, failed = await self._database.read(partial(self._make, first=first))
        self._take(made)
        FEED_RENDERS.inc(len(made))
        for feed in failed:
            FEED_FAILURES.inc()
            pause = _PAUSES[min(self._waiting.failed(feed), len(_PAUSES)) - 1]
            asyncio.get_running_loop().call_later(pause, self._try_again, feed)
        self.rendered = self._waiting.rendered
        self.progress.set()
        self.lists.due.set()

    def _try_again(self, feed: str) -> None:
        self._again.add(feed)
        self.tell_changed()

    def _take(self, proofs: Iterable[Proof]) -> None:
        for proof in proofs:
            self._show(proof)
            self.saving.add(proof)

    def _show(self, proof: Proof) -> None:
        self._shelf.put(proof.documents)
        self._held.discard(proof.feed)
        self._waiting.served(proof.feed, proof.revision)

    def _make(self, connection: Connection, first: Iterable[str]) -> tuple[list[Proof], list[str]]:
        """Find what has changed and render what is next, on one snapshot; name the feeds that
        can't be. The loop waits for it, so it may touch what nobody else touches meanwhile."""
        self._read_changes(connection)
        while self._again:
            self._waiting.try_again(self._again.pop())
        self._waiting.hurry(first)
        while self._forgotten:
            self._fragments.forget(self._forgotten.pop())
        made: list[Proof] = []
        failed: list[str] = []
        for name in self._waiting.next(_AT_ONCE, in_order=self._in_backlog):
            try:
                made.append(self._make_feed(connection, name))
            except Exception as error:
                if store_is_at_fault(error):
                    raise
                log.exception("feed_not_rendered", feed=name)  # it holds up no other
                failed.append(name)
        return made, failed

    def _read_changes(self, connection: Connection) -> None:
        changed = feed_store.feeds_since(connection, self._waiting.read)
        for feed in changed:
            self._fragments.speak_of(feed.name, title_of(feed.name, feed.title))
        self._waiting.add(changed)

    def _make_feed(self, connection: Connection, name: str) -> Proof:
        window = feed_store.window(connection, name, self._feed_size, self._periods)
        fragments = self._fragments.of(window.entries, partial(feed_store.articles, connection))
        shown = {article for article, _ in window.entries}
        walk = walk_behind(connection, name, shown, self._feed_size)
        documents = bind(name, self._fragments.names[name], fragments, self._site, walk)
        return Proof(name, window.revision, documents)


def _begin(connection: Connection) -> None:
    """Have what is there from the start."""
    store.know(connection, TITLES)
    list_store.begin(connection)
