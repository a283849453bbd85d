"""A simulated partner: all that it does, and what it can be told to do badly."""

import asyncio
import shutil
import socket
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from partner.client import Client, Refused, Unavailable, WentBack
from partner.entry import Entry, Invalid
from partner.known import Known
from partner.mirror import Mirror
from partner.signature import BadSignature, verified
from partner.simulating.behaviour import Behaviour
from partner.simulating.door import serving
from partner.simulating.pages import Pages
from partner.simulating.reading import entries_of, entry_of

_REMEMBERED = 10_000  # webhooks
_WAITING = 1000  # acknowledgements; whoever brings more waits

_PASSING = (Refused, Unavailable, WentBack, Invalid)


@dataclass(frozen=True)
class Plan:
    """What a simulated partner is, and how it gets its news."""

    url: str
    """Of tinbai's syndicate."""
    code: str
    key: str = field(repr=False)
    folder: Path
    source: str = "changes"
    """What it fetches: `changes`, a feed by its extension, or `nothing`. Of feeds, it shows and
    acknowledges what is in `ninjs`, and only looks at the others."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Of its webhooks; without any, signatures are not looked at."""
    host: str = "127.0.0.1"
    port: int = 0
    """0 for any that is free."""
    public_url: str | None = None
    """Where others reach its pages, if it isn't by host and port."""
    pause: float = 1.0
    """Seconds between two looks that bring nothing."""
    wait: int = 1
    """Seconds of a long poll."""


@dataclass(frozen=True)
class Webhook:
    """A webhook that came, and what it was answered."""

    id: str
    seq: int | None
    """Nothing where what came was no entry."""
    status: int
    replay: bool


@dataclass
class Simulator:
    """Runs within `async with simulator.running():`; `behaviour` may be changed at any time."""

    plan: Plan
    behaviour: Behaviour = field(default_factory=Behaviour)
    say: Callable[[str], None] = print
    webhooks: deque[Webhook] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    acknowledged: deque[tuple[str, int, str]] = field(
        default_factory=lambda: deque(maxlen=_REMEMBERED)
    )
    """Article, version and state, as tinbai took them."""

    def __post_init__(self) -> None:
        self.mirror = Mirror(self.plan.folder / "mirror")
        self._pages = Pages(self.plan.folder / "pages")
        self._queue: asyncio.Queue[Entry] = asyncio.Queue(_WAITING)
        self._stopping = threading.Event()
        self._door = socket.create_server((self.plan.host, self.plan.port))
        port = self._door.getsockname()[1]
        self.url = self.plan.public_url or f"http://{self.plan.host}:{port}"
        self._count = 0
        self._etag: str | None = None

    @property
    def webhook_url(self) -> str:
        """Where it receives webhooks."""
        return f"{self.url}/webhook"

    def page_url(self, article: str) -> str:
        """Where it shows an article."""
        return f"{self.url}/articles/{article}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Serve, fetch and acknowledge beside the body."""
        plan = self.plan
        with Client(plan.url, plan.code, plan.key, attempts=3, sleep=self._pause) as client:
            async with serving(self, self._door), asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._acknowledging(client))]
                if plan.source != "nothing":
                    tasks.append(group.create_task(self._fetching(client)))
                try:
                    yield self
                finally:
                    self._stopping.set()
                    for task in tasks:
                        task.cancel()

    async def receive(self, body: bytes, headers: Mapping[str, str]) -> int:
        """Take a webhook; give the status of the answer."""
        behaviour, self._count = self.behaviour, self._count + 1
        status = behaviour.status(self._count)
        message = headers.get("webhook-id", "")
        if self.plan.secrets:
            try:
                verified(body, headers, self.plan.secrets)
            except BadSignature as bad:
                self.say(f"webhook {message}: {bad}")
                return 401
        await asyncio.sleep(behaviour.slow)
        entry = entry_of(body, headers)
        known = any(each.id == message and each.status == 204 for each in self.webhooks)
        seq, replay = (entry.seq, entry.replay) if entry else (None, False)
        self.webhooks.append(Webhook(message, seq, status, replay))
        remark = " again" if known else ""
        what = f"{entry.kind} {entry.seq}" if entry else headers.get("content-type", "")
        self.say(f"webhook {message}{remark}: {what}, answered with {status}")
        if entry and status == 204:
            await self._take([entry])
        return status

    def look(self, article: str) -> tuple[int, str]:
        """Give the page of an article as readers see it, and its status."""
        return self._pages.look(article, self.mirror, lying=self.behaviour.lying)

    def known(self) -> Known:
        """Say which seq its mirror knows."""
        return self.mirror.known

    def forget(self) -> None:
        """Lose the mirror."""
        shutil.rmtree(self.plan.folder / "mirror")
        self.mirror = Mirror(self.plan.folder / "mirror")
        self._etag = None
        self.say("forgot everything")

    def _pause(self, seconds: float) -> None:
        # In the client's thread, which need not sleep on when all stops.
        self._stopping.wait(seconds)

    async def _take(self, entries: Iterable[Entry]) -> None:
        for entry in self.mirror.apply(entries):
            self.say(f"{entry.kind} {entry.seq}: {entry.id} version {entry.version}")
            if entry.stands and not self.behaviour.refusing:
                self._pages.put(entry)
            await self._queue.put(entry)

    async def _fetching(self, client: Client) -> None:
        while True:
            if self.behaviour.forgetful:
                self.forget()
            try:
                idle = not await self._fetch(client)
            except _PASSING as error:
                self.say(f"could not fetch: {error}")
                idle = True
            await asyncio.sleep(self.plan.pause if idle else 0)

    async def _fetch(self, client: Client) -> bool:
        """Fetch once; say whether there was anything new."""
        if self.plan.source == "changes":
            page = await asyncio.to_thread(client.changes, self.mirror.after, wait=self.plan.wait)
            await asyncio.sleep(self.behaviour.slow)
            if page:
                await self._take(page)
            return bool(page)
        feed = await asyncio.to_thread(client.feed, self.plan.source, self._etag)
        if feed:
            self._etag = feed.etag
            self.say(f"feed.{self.plan.source}: {len(feed.body)} bytes of {feed.content_type}")
            if self.plan.source == "ninjs":
                await self._take(entries_of(feed.body))
        return False

    async def _acknowledging(self, client: Client) -> None:
        while True:
            entry = await self._queue.get()
            if self.behaviour.silent:
                continue
            state = "applied" if entry.stands else "removed"
            state = "refused" if self.behaviour.refusing else state
            what = (entry.id, entry.version, state)
            try:
                await asyncio.to_thread(client.acknowledge, *what, self.page_url(entry.id))
            except (Refused, Unavailable) as error:
                self.say(f"could not acknowledge {entry.id}: {error}")
            else:
                self.acknowledged.append(what)
                self.say(f"acknowledged {entry.id} version {entry.version}: {state}")
