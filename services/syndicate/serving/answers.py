"""What is said of a document over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import quote

from services.common import answers
from services.common.answers import replies_of
from services.common.codings import NONE, Bodies
from services.syndicate.feeds.binding import Document
from services.syndicate.feeds.site import Site

# All that the page itself can't say; the rest of its policy stands in it (lists/index.py).
_PAGE_POLICY = b"frame-ancestors 'none'"
# Short, for after a retraction the old text must leave the caches soon.
CACHE_CONTROL = b"public, max-age=10, stale-while-revalidate=30"


Links = Sequence[tuple[str, str]]
"""Relation and URL."""


@dataclass(frozen=True, kw_only=True)
class Answer(answers.Answer):
    """A document in every coding that is made so far."""

    document: Document
    bodies: Bodies


def answer_of(
    document: Document,
    links: Links,
    bodies: Bodies = NONE,
    last_modified: int | None = None,
    cache_control: bytes = CACHE_CONTROL,
) -> Answer:
    """Make the answer; `bodies` are the document's in other codings, `last_modified` is in seconds
    since 1970, where it can be said (services/syndicate/serving/moments.py)."""
    modified = None if last_modified is None else formatdate(last_modified, usegmt=True).encode()
    always = [
        (b"cache-control", cache_control),
        (b"vary", b"Accept-Encoding"),
        (b"link", ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links).encode()),
        (b"access-control-allow-origin", b"*"),
        (b"access-control-expose-headers", b"ETag, Last-Modified, Link"),
        (b"x-content-type-options", b"nosniff"),
        *([(b"last-modified", modified)] if modified else []),
    ]
    kind = [(b"content-type", document.content_type.encode())]
    if document.media_type == "text/html":
        kind.append((b"content-security-policy", _PAGE_POLICY))
    found, not_modified = replies_of(
        document.etag, {"identity": document.body, **bodies}, kind, always
    )
    return Answer(
        found=found,
        not_modified=not_modified,
        last_modified=modified,
        document=document,
        bodies=bodies,
    )


def links_of(path: str, site: Site) -> Links:
    """Give the links of what lies on the shelf: only feeds have the hub."""
    itself = ("self", f"{site.syndicate_url}{quote(path)}")
    return [itself, ("hub", site.hub)] if path.startswith("/feeds/") else [itself]
