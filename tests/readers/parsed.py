"""What feedparser, the library of most readers in Python, shows."""

from calendar import timegm
from datetime import UTC, datetime
from http.client import NOT_MODIFIED
from pathlib import Path
from time import struct_time

import feedparser

from tests.readers.shown import Item


class Feedparser:
    """feedparser, with the ETag that it leaves to its caller to keep."""

    def __init__(self, folder: Path) -> None:
        self._etag: str | None = None
        self._items: list[Item] = []

    def read(self, url: str) -> list[Item]:
        """Fetch and parse, without a complaint."""
        feed = feedparser.parse(url, etag=self._etag)
        assert not feed.bozo, feed.bozo_exception
        if feed.status != NOT_MODIFIED:
            self._etag = feed.etag
            self._items = [_item(entry) for entry in feed.entries]
        return self._items


def _item(entry: feedparser.FeedParserDict) -> Item:
    return Item(
        id=entry.id,
        title=entry.title,
        link=entry.link,
        summary=entry.get("summary", ""),
        content="".join(content.value for content in entry.get("content", [])),
        published=_time(entry.get("published_parsed")),
        updated=_time(entry.get("updated_parsed")),
        authors=tuple(author.name for author in entry.get("authors", []) if "name" in author),
        categories=tuple(tag.label or tag.term for tag in entry.get("tags", [])),
        enclosures=tuple(enclosure.href for enclosure in entry.enclosures),
        captions=tuple(filter(None, [entry.get("media_description")])),
        credits=tuple(credit["content"] for credit in entry.get("media_credit", [])),
        language=entry.get("language") or entry.title_detail.language or "",
        rights=entry.get("rights", ""),
        duration=entry.get("itunes_duration", ""),
    )


def _time(parsed: struct_time | None) -> datetime | None:
    return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
