"""Pictures that a body shows and its article does not name. Pure."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from uuid import UUID

from services.common.said import Said, said

_ID = re.compile(r"/media/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\?.*)?$")


def unnamed_pictures(body: str, archive_url: str, named: Iterable[UUID | None]) -> list[Said]:
    """Hint at each upload that an `<img>` of the body shows and `media` leaves out.

    Archive gives out what an article's `media` names and nothing else, so readers would see a hole.
    """
    if f"{archive_url}/media/" not in body:
        return []  # most bodies: they need not be parsed
    shown = _Pictures()
    shown.feed(body)
    known = set(named)
    missing = dict.fromkeys(
        media_id
        for source in shown.sources
        if source.startswith(archive_url) and (media_id := _upload(source[len(archive_url) :]))
    )
    return [
        said(
            "the body shows the upload {id}, which `media` does not name: readers won't see it",
            id=media_id,
        )
        for media_id in missing
        if media_id not in known
    ]


def _upload(path: str) -> UUID | None:
    found = _ID.match(path)
    return UUID(found[1]) if found else None


class _Pictures(HTMLParser):
    """Collects where the pictures of a body stand."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an `<img>`."""
        if tag == "img":
            self.sources += [value for name, value in attrs if name == "src" and value]
