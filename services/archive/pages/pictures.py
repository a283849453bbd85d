"""Pictures, sound and film as pages show them."""

from dataclasses import dataclass
from typing import Literal

from schemas.article import Article, Media, MediaRole, Rendition
from services.archive.catalogue.brief import Brief
from services.common.renditions import WIDTHS

Kind = Literal["picture", "audio", "video"]
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Shown:
    """A file as a page shows it."""

    media: Media

    @property
    def kind(self) -> Kind:
        """What shows it; what has no type is a picture."""
        family = (self.media.content_type or "").partition("/")[0]
        return "audio" if family == "audio" else "video" if family == "video" else "picture"

    @property
    def src(self) -> str:
        """The address of the whole file."""
        return f"/media/{self.media.id}" if self.media.id else self.media.href

    @property
    def srcset(self) -> str:
        """Name a picture's sizes in WebP, for the browser to choose from; and the picture itself,
        where it is the finest of those that a screen needs."""
        renditions, width = self.media.renditions, self.media.width
        if not renditions or not width:
            return ""
        sizes = [(self.sized(each), each.width) for each in renditions]
        if width <= WIDTHS[-1]:
            sizes.append((self.src, width))
        return ", ".join(f"{src} {width}w" for src, width in sizes)

    @property
    def small(self) -> str:
        """The address of the smallest one."""
        renditions = self.media.renditions
        return self.sized(renditions[0]) if renditions else self.src

    def facts(self, comma: str) -> str:
        """Say what to know before downloading: `MP3 · 12:30 · 4,2 MB`."""
        kind = (self.media.content_type or "").partition("/")[2]
        parts = [_KINDS.get(kind, kind.upper())]
        if self.media.duration:
            parts.append(_clock(round(self.media.duration)))
        if self.media.size:
            megabytes = max(0.1, self.media.size / _MEGABYTE)
            parts.append(f"{megabytes:.1f} MB".replace(".", comma))
        return " · ".join(filter(None, parts))

    def sized(self, rendition: Rendition) -> str:
        """Give the address of a rendition."""
        return f"{self.src}?w={rendition.width}"


_KINDS = {"mpeg": "MP3"}


@dataclass(frozen=True)
class Files:
    """An article's files, but for those that its text shows itself: where each goes."""

    article: Article | Brief

    @property
    def main(self) -> Shown | None:
        """The picture above the text."""
        pictures = [each for each in self._shown if each.kind == "picture"]
        chosen = [each for each in pictures if each.media.role is MediaRole.MAIN]
        return next(iter(chosen or pictures), None)

    @property
    def recordings(self) -> list[Shown]:
        """Sound and film."""
        return [each for each in self._shown if each.kind != "picture"]

    @property
    def others(self) -> list[Shown]:
        """The pictures below the text."""
        return [each for each in self._shown if each.kind == "picture" and each != self.main]

    @property
    def thumbnail(self) -> Shown | None:
        """The picture for lists: the one made for it, or the main one; or one from the text."""
        pictures = [each for each in map(Shown, self.article.media) if each.kind == "picture"]
        made = [each for each in pictures if each.media.role is MediaRole.THUMBNAIL]
        return next(iter(made), None) or self.main or next(iter(pictures), None)

    @property
    def poster(self) -> Shown | None:
        """The picture that stands for a film until it is played: the one made for lists."""
        return next((Shown(m) for m in self.article.media if m.role is MediaRole.THUMBNAIL), None)

    @property
    def for_others(self) -> list[Shown]:
        """Pictures that may be shown where our pages are linked to."""
        free = [each for each in map(Shown, self.article.media) if each.media.syndicate]
        pictures = [each for each in free if each.kind == "picture"]
        return sorted(pictures, key=lambda each: each.media.role is not MediaRole.MAIN)

    @property
    def _shown(self) -> list[Shown]:
        return [
            Shown(each)
            for each in self.article.media
            if each.role is not MediaRole.THUMBNAIL and not self._in_text(each)
        ]

    def _in_text(self, media: Media) -> bool:
        return media.href in self.article.body or bool(
            media.id and str(media.id) in self.article.body
        )


def _clock(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
