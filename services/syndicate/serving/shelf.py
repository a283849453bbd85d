"""What is served now: an answer for each path, ready before anyone asks."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from services.common.codings import NONE, Bodies
from services.common.instants import now
from services.syndicate.feeds.binding import Document
from services.syndicate.feeds.site import Site
from services.syndicate.serving.answers import Answer, answer_of, links_of
from services.syndicate.serving.moments import (
    Moment,
    last_modified,
    moment_at_start,
    moment_of_change,
    will_be_said,
)

_SAID_AT_ONCE = 50  # documents: a millisecond or two, for which readers wait


class Shelf:
    """The answers by path. Only the event loop touches it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._answers: dict[str, Answer] = {}
        self._moments: dict[str, Moment] = {}
        self._before: Mapping[str, tuple[str, Moment]] = {}
        self._unsaid: set[str] = set()
        self._listeners: list[Callable[[Document], None]] = []

    @property
    def answers(self) -> Mapping[str, Answer]:
        """What lies there now."""
        return self._answers

    @property
    def moments(self) -> Mapping[str, Moment]:
        """When it went live, by path."""
        return self._moments

    def tell(self, listener: Callable[[Document], None]) -> None:
        """Tell `listener` of every document whose bytes are new, from now on."""
        self._listeners.append(listener)

    def remember(self, before: Mapping[str, tuple[str, Moment]]) -> None:
        """Know since when what was served before a restart had been: by path, with its ETag."""
        self._before = before

    def put(self, documents: Iterable[Document]) -> None:
        """Serve these from now on."""
        at = now().timestamp()
        for document in documents:
            path = document.path
            if path in self._answers and self._answers[path].document == document:
                continue
            self._moments[path] = self._moment(document, at)
            self._show(document, NONE, at)
            for listener in self._listeners:
                listener(document)

    def add(self, document: Document, bodies: Bodies) -> None:
        """Serve a document in more codings, unless it was replaced while they were made."""
        answer = self._answers[document.path]
        if answer.document is document:
            self._show(document, {**answer.bodies, **bodies}, now().timestamp())

    def say_moments(self, most: int) -> bool:
        """Give Last-Modified where that may be done by now, to so many at most; say whether there
        may be more."""
        at = now().timestamp()
        due = (path for path in self._unsaid if not will_be_said(self._moments[path], at))
        paths = list(islice(due, most))
        for path in paths:
            self._show(self._answers[path].document, self._answers[path].bodies, at)
        return len(paths) == most

    def _moment(self, document: Document, at: float) -> Moment:
        if document.path in self._moments:
            return moment_of_change(self._moments[document.path], at)
        etag, saved = self._before.get(document.path, ("", None))
        return saved if saved and etag == document.etag else moment_at_start(saved, at)

    def _show(self, document: Document, bodies: Bodies, at: float) -> None:
        moment = self._moments[document.path]
        if will_be_said(moment, at):
            self._unsaid.add(document.path)
        else:
            self._unsaid.discard(document.path)
        self._answers[document.path] = answer_of(
            document, links_of(document.path, self._site), bodies, last_modified(moment, at)
        )


async def say_moments(shelf: Shelf) -> None:
    """Run until cancelled: when a second is past, say of what went live in it that it did."""
    while True:
        await asyncio.sleep(1 - now().timestamp() % 1)
        while shelf.say_moments(_SAID_AT_ONCE):  # noqa: ASYNC110 - it lets readers in between
            await asyncio.sleep(0)
