"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Mapping

from services.syndicate.feeds.entry import Attachment, Entry
from services.syndicate.feeds.format import Head
from services.syndicate.feeds.site import Site

_NOTHING: tuple[object, ...] = (None, "", [], 0)


class JsonFeed:
    """JSON Feed; what only we say stands below `_tinbai`, as the format wants it."""

    extension = "json"
    media_type = "application/feed+json"
    separator = b","
    closing = b"]}"

    def opening(self, site: Site, head: Head) -> bytes:
        """Everything above the first item."""
        address = head.walk.url(site, head.name, self.extension)
        fields = _encoded(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": head.title,
                "home_page_url": site.home,
                "feed_url": site.feed(head.name, self.extension),
                "next_url": head.walk.previous_url(site, head.name, self.extension),
                "language": head.language,
                "_tinbai": {"archive": address} if head.walk.page else None,
            }
        )
        return fields.removesuffix(b"}") + b',"items":['

    def fragment(self, site: Site, entry: Entry) -> bytes:  # noqa: ARG002 - links are in `entry`
        """One item."""
        pictures = [a.url for a in entry.attachments if a.kind == "image"]
        return _encoded(
            {
                "id": entry.urn,
                "url": entry.link,
                "title": entry.title,
                "summary": entry.summary,
                "content_html": entry.content,
                "image": next(iter(pictures), None),
                "date_published": entry.published.isoformat(),
                "date_modified": entry.updated.isoformat(),
                "authors": [{"name": author} for author in entry.authors],
                "tags": [category.label for category in entry.categories],
                "language": entry.language,
                "attachments": [_attachment(a) for a in entry.attachments],
                "_tinbai": _without_nothing(
                    {
                        "version": entry.version,
                        "status": "retracted" if entry.removed else "usable",
                        "rights": entry.rights,
                    }
                ),
            }
        )


def _attachment(attachment: Attachment) -> dict[str, object]:
    return _without_nothing(
        {
            "url": attachment.url,
            "mime_type": attachment.content_type,
            "title": attachment.caption,
            "size_in_bytes": attachment.size,
            "duration_in_seconds": attachment.duration,
        }
    )


def _encoded(fields: Mapping[str, object]) -> bytes:
    return json.dumps(_without_nothing(fields), ensure_ascii=False, separators=(",", ":")).encode()


def _without_nothing(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in _NOTHING}
