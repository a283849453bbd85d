"""Media RSS 1.5.1 (https://www.rssboard.org/media-rss), in RSS and Atom alike."""

from lxml.etree import _Element

from services.syndicate.feeds.attachments import Attachment, thumbnail_of
from services.syndicate.feeds.entry import Entry
from services.syndicate.feeds.extensions.elements import MEDIA, add

_MEDIUMS = ("image", "audio", "video")


def add_media(parent: _Element, entry: Entry) -> None:
    """Say all that is known of each file, and which picture stands for the article."""
    for attachment in entry.attachments:
        if attachment.renditions:
            group = add(parent, f"{{{MEDIA}}}group")
            _content(group, attachment).set("isDefault", "true")
            _renditions(group, attachment)
            _words(group, attachment)
        else:
            _words(_content(parent, attachment), attachment)
    if small := thumbnail_of(entry.attachments):
        add(
            parent,
            f"{{{MEDIA}}}thumbnail",
            url=small.url,
            width=small.width,
            height=small.height,
        )


def _content(parent: _Element, attachment: Attachment) -> _Element:
    return add(
        parent,
        f"{{{MEDIA}}}content",
        url=attachment.url,
        type=attachment.content_type,
        medium=attachment.kind if attachment.kind in _MEDIUMS else None,
        fileSize=attachment.size,
        width=attachment.width,
        height=attachment.height,
        duration=None if attachment.duration is None else round(attachment.duration),
    )


def _renditions(group: _Element, attachment: Attachment) -> None:
    for each in attachment.renditions:
        add(
            group,
            f"{{{MEDIA}}}content",
            url=each.href,
            type=each.content_type,
            medium="image",
            fileSize=each.size,
            width=each.width,
            height=each.height,
        )


def _words(parent: _Element, attachment: Attachment) -> None:
    if attachment.caption:
        add(parent, f"{{{MEDIA}}}title", attachment.caption, type="plain")
        add(parent, f"{{{MEDIA}}}description", attachment.caption, type="plain")
    if attachment.credit:
        add(parent, f"{{{MEDIA}}}credit", attachment.credit)
