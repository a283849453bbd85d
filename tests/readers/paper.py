"""A paper whose feeds real programs can fetch: the real bytes and headers, on a loopback port."""

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import UUID

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from schemas.article import Article
from services.common.codings import quick
from services.common.tasks import running
from services.syndicate.feeds.binding import Document, bind, cut
from services.syndicate.feeds.entry import Entry, entry_of
from services.syndicate.feeds.families import place
from services.syndicate.feeds.site import Site
from services.syndicate.serving.public import PublicFeeds
from services.syndicate.serving.shelf import Shelf, say_moments
from tests.stack.processes import DEADLINE, until

FEED = "latest"
TITLE = "Tin mới & nóng <thử>"


class Paper:
    """One feed in every format: what is published is on the shelf when `publish` returns."""

    def __init__(self, url: str, names: Mapping[str, str]) -> None:
        self.site = Site(url, "https://paper.example")
        self.requests: list[dict[str, str]] = []
        """The headers of each request, by lower-case name."""
        self.answered = 0
        """How many requests have got their whole answer."""
        self._names = names
        self._articles: dict[UUID, Article] = {}
        self._shelf = Shelf(self.site)
        self._feeds = PublicFeeds(self._shelf, behind=PlainTextResponse("", status_code=404))
        self.loop = asyncio.new_event_loop()

    def url(self, form: str) -> str:
        return self.site.feed(FEED, form)

    def has_answered(self, requests: int) -> bool:
        return self.answered >= requests

    def articles(self) -> list[Article]:
        """Give what stands in the feed, in its order."""
        return sorted(self._articles.values(), key=lambda a: (place(a), a.id), reverse=True)

    def entries(self) -> list[Entry]:
        """Give the same as the formats are told to say it."""
        return [entry_of(article, self._names, self.site) for article in self.articles()]

    def publish(self, *versions: Article) -> None:
        """Take versions over, as syndicate does with what comes from Kafka."""
        self._articles.update({version.id: version for version in versions})
        fragments = [cut(entry, self.site) for entry in self.entries()]
        documents = bind(FEED, TITLE, fragments, self.site)
        asyncio.run_coroutine_threadsafe(self._put(documents), self.loop).result(DEADLINE)

    async def _put(self, documents: Sequence[Document]) -> None:
        self._shelf.put(documents)
        for document in documents:
            self._shelf.add(document, quick(document.body))

    async def serve(self, server: uvicorn.Server, door: socket.socket) -> None:
        """Serve until the server is told to stop, and say Last-Modified when that may be done."""
        async with running(moments=say_moments(self._shelf)):
            await server.serve(sockets=[door])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.requests.append({name.decode(): value.decode() for name, value in scope["headers"]})
        await self._feeds(scope, receive, send)
        self.answered += 1


@contextmanager
def printing(names: Mapping[str, str]) -> Iterator[Paper]:
    """Serve a paper until the body ends."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        paper = Paper(f"http://127.0.0.1:{door.getsockname()[1]}", names)
        server = uvicorn.Server(uvicorn.Config(paper, lifespan="off", log_level="warning"))
        thread = threading.Thread(
            target=partial(paper.loop.run_until_complete, paper.serve(server, door))
        )
        thread.start()
        try:
            until(lambda: server.started)
            yield paper
        finally:
            server.should_exit = True
            thread.join(DEADLINE)
            paper.loop.close()
