"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Mapping

from schemas.article import MediaRole
from services.syndicate.feeds.attachments import Attachment, first_of
from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.format import MEDIA_TYPES, Head
from services.syndicate.feeds.site import Site

_NOTHING: tuple[object, ...] = (None, "", [], {}, 0)
# Every item must have a content; of an article that is one withheld picture it is empty.
_REQUIRED = ("content_html",)


class JsonFeed:
    """JSON Feed; what only we say stands below `_tinbai`, as the format wants it."""

    extension = "json"
    media_type = MEDIA_TYPES["json"]
    separator = b","
    closing = b"]}"

    def opening(self, site: Site, head: Head) -> bytes:
        """Everything above the first item."""
        fields = _encoded(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": head.title,
                "home_page_url": site.home,
                "feed_url": head.feed(site, self.extension),
                "next_url": head.walk.previous_url(site, head.name, self.extension),
                "description": head.description,
                "language": head.language,
                "hubs": [{"type": "WebSub", "url": hub}] if (hub := head.hub(site)) else [],
                "_tinbai": head.walk.page and {"archive": head.address(site, self.extension)},
            }
        )
        return fields.removesuffix(b"}") + b',"items":['

    def fragment(self, site: Site, entry: Entry) -> bytes:  # noqa: ARG002 - links are in `entry`
        """One item."""
        picture = first_of("image", entry.attachments)
        return _encoded(
            {
                "id": entry.urn,
                "url": entry.link,
                # What the article is about: only a rebuttal is about another page.
                "external_url": entry.rebuts and entry.rebuts.url,
                "title": entry.title,
                "summary": entry.summary,
                "content_html": entry.content,
                "image": picture and picture.url,
                "banner_image": _banner(entry, picture),
                "date_published": entry.published.isoformat(),
                "date_modified": entry.updated.isoformat(),
                "authors": [{"name": author} for author in entry.authors],
                "tags": list(dict.fromkeys(category.label for category in entry.categories)),
                "language": entry.language,
                "attachments": [_attachment(a) for a in entry.attachments],
                "_tinbai": _ours(entry),
            }
        )


def _banner(entry: Entry, picture: Attachment | None) -> str | None:
    """Give the picture to show above the text, unless the text shows it itself."""
    if picture is None or picture.role is not MediaRole.MAIN or picture.url in entry.content:
        return None
    return picture.url


def _ours(entry: Entry) -> dict[str, object]:
    return _without_nothing(
        {
            "version": entry.version,
            "status": "retracted" if entry.removed else "usable",
            "unit": {"code": entry.unit.term, "name": entry.unit.label},
            "genre": entry.genre,
            "urgency": entry.urgency,
            "correction": entry.correction,
            "rebuts": entry.rebuts and entry.rebuts.model_dump(),
            "interviewee": next(iter(entry.contributors), None),
            "rights": entry.rights,
            "expires": entry.expires and entry.expires.isoformat(),
            "categories": [vars(category) for category in entry.categories],
            "links": {link.name: link.href for link in entry.links},
            "partner": entry.private,
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
            "_tinbai": _without_nothing(
                {
                    "role": attachment.role,
                    "credit": attachment.credit,
                    "width": attachment.width,
                    "height": attachment.height,
                    "renditions": [each.model_dump() for each in attachment.renditions],
                }
            ),
        }
    )


def _encoded(fields: Mapping[str, object]) -> bytes:
    return json.dumps(_without_nothing(fields), ensure_ascii=False, separators=(",", ":")).encode()


def _without_nothing(fields: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value for name, value in fields.items() if value not in _NOTHING or name in _REQUIRED
    }
