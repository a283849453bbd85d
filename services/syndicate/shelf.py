"""Ready answers in memory: whole HTTP messages, made when a feed changes, never when it is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.types import Message

from services.syndicate.feeds.binding import Document
from services.syndicate.feeds.site import Site
from services.syndicate.lists.index import PAGE_POLICY

# Short, for after a retraction the old text must leave the caches soon.
_CACHE_CONTROL = b"public, max-age=10, stale-while-revalidate=30"


@dataclass(frozen=True)
class Answer:
    """A document as ASGI messages.

    There is no Last-Modified: newsboat throws away content whose Last-Modified did not grow, so a
    second change within a second would stay unseen. The ETag decides.
    """

    etag: bytes
    ok: Message
    body: Message
    not_modified: Message


class Shelf:
    """The answers by path. Only the event loop touches it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._answers: dict[str, Answer] = {}

    @property
    def answers(self) -> Mapping[str, Answer]:
        """What lies there now."""
        return self._answers

    def put(self, documents: Iterable[Document]) -> None:
        """Serve these from now on."""
        for document in documents:
            self._answers[document.path] = _answer(document, self._site)


def _answer(document: Document, site: Site) -> Answer:
    link = f'<{site.hub}>; rel="hub", <{site.syndicate_url}{document.path}>; rel="self"'.encode()
    etag = document.etag.encode()
    always = [
        (b"etag", etag),
        (b"cache-control", _CACHE_CONTROL),
        (b"link", link),
        (b"access-control-allow-origin", b"*"),
        (b"access-control-expose-headers", b"ETag, Link"),
        (b"x-content-type-options", b"nosniff"),
    ]
    entity = [
        (b"content-type", f"{document.media_type}; charset=utf-8".encode()),
        (b"content-length", str(len(document.body)).encode()),
    ]
    if document.media_type == "text/html":
        entity.append((b"content-security-policy", PAGE_POLICY.encode()))
    return Answer(
        etag=etag,
        ok={"type": "http.response.start", "status": 200, "headers": always + entity},
        body={"type": "http.response.body", "body": document.body},
        not_modified={"type": "http.response.start", "status": 304, "headers": always},
    )
