"""Pictures, sound and film of an article, as other papers may take them over."""

from collections.abc import Sequence
from dataclasses import dataclass
from mimetypes import MimeTypes
from urllib.parse import urlsplit
from uuid import UUID

from schemas.article import Article, Genre, Media, MediaRole, Rendition

# Not the system's table: the same article must give the same bytes on every machine.
_TYPES = MimeTypes()
for _type, _ending in (
    ("audio/mp4", ".m4a"),
    ("audio/ogg", ".ogg"),
    ("audio/ogg", ".oga"),
    ("audio/flac", ".flac"),
    ("audio/webm", ".weba"),
    ("video/mp4", ".m4v"),
    ("video/webm", ".webm"),
    ("image/webp", ".webp"),
    ("image/avif", ".avif"),
):
    _TYPES.add_type(_type, _ending)
_UNKNOWN = "application/octet-stream"

# What such an article is about. Podcast programs play the first enclosure and see no other.
_LEADING = {Genre.PODCAST: "audio", Genre.VIDEO: "video"}


@dataclass(frozen=True)
class Attachment:
    """A file. `width` and `height` are pixels, `duration` seconds, `size` bytes; what isn't known
    is None."""

    url: str
    content_type: str
    size: int | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    caption: str = ""
    credit: str = ""
    role: MediaRole = MediaRole.BODY
    renditions: Sequence[Rendition] = ()
    """The same picture, the narrowest first."""
    id: UUID | None = None
    """Ours, where we hold the file."""

    @property
    def kind(self) -> str:
        """`image`, `audio`, `video`, or what else the content type begins with."""
        return self.content_type.partition("/")[0]


def attachments_of(article: Article) -> tuple[Attachment, ...]:
    """Give what may be taken over: what the article is about first, what only hints at it last."""
    found = files_of(article)
    leading = _LEADING.get(article.genre)
    found.sort(
        key=lambda each: (
            each.kind != leading,
            each.role is MediaRole.THUMBNAIL,
            each.role is not MediaRole.MAIN,
        )
    )
    return tuple(found)


def files_of(article: Article) -> list[Attachment]:
    """Give what may be taken over, as the article has it."""
    withheld = {media.href for media in article.media if not media.syndicate}
    return [_attachment(media) for media in article.media if media.href not in withheld]


def first_of(kind: str, attachments: Sequence[Attachment]) -> Attachment | None:
    """Give the first sound, film or picture, but for thumbnails where there is another."""
    found = [each for each in attachments if each.kind == kind]
    found.sort(key=lambda each: each.role is MediaRole.THUMBNAIL)
    return found[0] if found else None


def thumbnail_of(attachments: Sequence[Attachment]) -> Attachment | None:
    """Give the picture that stands for all: the one that is meant for it, or the first; narrow."""
    pictures = [each for each in attachments if each.kind == "image"]
    pictures.sort(key=lambda each: each.role is not MediaRole.THUMBNAIL)
    if not pictures:
        return None
    if not pictures[0].renditions:
        return pictures[0]
    small = pictures[0].renditions[0]
    return Attachment(small.href, small.content_type, small.size, small.width, small.height)


def _attachment(media: Media) -> Attachment:
    guessed, _ = _TYPES.guess_type(urlsplit(media.href).path)
    return Attachment(
        url=media.href,
        content_type=media.content_type or guessed or _UNKNOWN,
        size=media.size,
        width=media.width,
        height=media.height,
        duration=media.duration,
        caption=media.caption,
        credit=media.credit,
        role=media.role,
        renditions=media.renditions,
        id=media.id,
    )
