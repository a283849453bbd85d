"""The topics: every public feed in each of its formats, as it is served now."""

import asyncio
from collections.abc import Mapping

from services.syndicate.feeds.binding import FORMATS, Document
from services.syndicate.feeds.site import Site, feed_path


class Topics:
    """Knows the newest bytes of each. Only the event loop touches it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._documents: dict[str, Document] = {}
        self._changed: set[str] = set()
        self.changed = asyncio.Event()
        """Set while there is something that `take_changed` gives."""

    def shown(self, document: Document) -> None:
        """Hear what is served from now on. What is no feed (a list, a page) is no topic."""
        if feed_of(document.path):
            self._documents[document.path] = document
            self._changed.add(document.path)
            self.changed.set()

    def take_changed(self) -> dict[str, str]:
        """Give the ETags of those that changed since this was asked last, by path."""
        changed = {path: self._documents[path].etag for path in self._changed}
        self._changed.clear()
        self.changed.clear()
        return changed

    def put_back(self, changed: Mapping[str, str]) -> None:
        """Have these given again."""
        self._changed.update(changed)
        self.changed.set()

    def now(self, path: str) -> Document | None:
        """Give what is served at `path` now, if that is a feed."""
        return self._documents.get(path)

    def etag(self, path: str) -> str:
        """Name what is served at `path` now; nothing is named by nothing."""
        document = self._documents.get(path)
        return document.etag if document else ""

    def url(self, path: str) -> str:
        """Give the public address of a topic, as its `self` link has it."""
        return f"{self._site.syndicate_url}{path}"

    def path_of(self, url: str) -> str | None:
        """Give the path that a feed with this address has, whether there is one or not."""
        path = url.removeprefix(self._site.syndicate_url)
        return path if feed_of(path) and self.url(path) == url else None


def feed_of(path: str) -> str | None:
    """Name the feed that has this path, if it is one of a feed's."""
    name, _, extension = path.removeprefix("/feeds/").rpartition(".")
    known = any(format_.extension == extension for format_ in FORMATS)
    return name if known and feed_path(name, extension) == path else None
