"""What the page of an article shows, worked out from the article; the templates only place it."""

from dataclasses import dataclass
from typing import Literal

from schemas.article import Article, Media, MediaRole
from services.archive.catalogue.registry import Names
from services.archive.language.terms import plain
from services.archive.site import Site

_DESCRIPTION = 300  # characters
_SCHEMA_ORG = "https://schema.org"

_PHRASES = {
    "vi": {
        "lang": "vi",
        "paper": "Tin bài",
        "related": "Tin liên quan",
        "latest": "Tin mới",
        "updated": "Cập nhật",
        "correction": "Đính chính",
        "rebuts": "Phản hồi bài báo",
        "source": "Nguồn",
        "retracted": "Bài viết đã được thu hồi",
        "expired": "Bài viết này không còn được đăng",
        "erased": "Bài viết này không còn nữa",
        "missing": "Không tìm thấy trang",
        "missing_text": "Địa chỉ này không có bài viết nào.",
        "home": "Về trang đầu",
        "nothing": "Chưa có bài viết nào.",
        "feeds": "Nguồn tin RSS",
        "skip": "Đến nội dung chính",
    },
    "en": {
        "lang": "en",
        "paper": "Tin bài",
        "related": "Related news",
        "latest": "Latest news",
        "updated": "Updated",
        "correction": "Correction",
        "rebuts": "In answer to",
        "source": "Source",
        "retracted": "This article was retracted",
        "expired": "This article is no longer offered",
        "erased": "This article is no longer available",
        "missing": "Page not found",
        "missing_text": "There is no article at this address.",
        "home": "Front page",
        "nothing": "No articles yet.",
        "feeds": "RSS feeds",
        "skip": "Skip to content",
    },
}


def phrases(language: str) -> dict[str, str]:
    """Give the page's own words: English around English articles, otherwise Vietnamese."""
    return _PHRASES["en" if language.lower().split("-")[0] == "en" else "vi"]


@dataclass(frozen=True)
class Shown:
    """A file as a page shows it."""

    kind: Literal["picture", "audio", "video"]
    src: str
    media: Media

    @property
    def srcset(self) -> str:
        """Name all sizes of a picture, for the browser to choose from."""
        if not self.media.renditions or not self.media.width:
            return ""
        sizes = [(f"{self.src}?w={each.width}", each.width) for each in self.media.renditions]
        return ", ".join(f"{src} {width}w" for src, width in [*sizes, (self.src, self.media.width)])


@dataclass(frozen=True)
class ArticlePage:
    """The parts of an article's page that the article doesn't say itself."""

    article: Article
    names: Names
    site: Site

    @property
    def unit(self) -> str:
        """The unit's name, as of the day of publication."""
        return self.names.unit_of(self.article)

    @property
    def address(self) -> str:
        """The one address under which the article is known."""
        return self.site.article(self.article)

    @property
    def description(self) -> str:
        """The lead, or how the text begins."""
        return (self.article.lead or plain(self.article.body))[:_DESCRIPTION]

    @property
    def files(self) -> list[Shown]:
        """Pictures, sound and film, but for thumbnails and those that the text shows itself."""
        return [
            Shown(_kind(media), _src(media), media)
            for media in self.article.media
            if media.role is not MediaRole.THUMBNAIL and not self._in_text(media)
        ]

    @property
    def picture(self) -> str | None:
        """The address of the first picture, for those who link here."""
        pictures = [media for media in self.article.media if _kind(media) == "picture"]
        return self._absolute(pictures[0]) if pictures else None

    @property
    def json_ld(self) -> dict[str, object]:
        """The article for search engines: schema.org `NewsArticle`."""
        article = self.article
        organisation = {"@type": "Organization", "name": self.unit}
        people = [{"@type": "Person", "name": name} for name in article.byline]
        return {
            "@context": _SCHEMA_ORG,
            "@type": "NewsArticle",
            "headline": article.headline,
            "description": self.description,
            "inLanguage": article.language,
            "datePublished": article.published.isoformat(),
            "dateModified": article.updated.isoformat(),
            "author": people or [organisation],
            "publisher": organisation,
            "mainEntityOfPage": self.address,
            "image": [self.picture] if self.picture else [],
        }

    def _in_text(self, media: Media) -> bool:
        return media.href in self.article.body or bool(
            media.id and str(media.id) in self.article.body
        )

    def _absolute(self, media: Media) -> str:
        return self.site.archive_url + _src(media) if media.id else media.href


def _kind(media: Media) -> Literal["picture", "audio", "video"]:
    family = (media.content_type or "").partition("/")[0]
    return "audio" if family == "audio" else "video" if family == "video" else "picture"


def _src(media: Media) -> str:
    return f"/media/{media.id}" if media.id else media.href
