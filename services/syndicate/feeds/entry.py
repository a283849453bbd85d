"""An article as the public reads it in a feed, before any format."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from mimetypes import guess_type
from urllib.parse import urlsplit
from uuid import UUID

from schemas.article import Article, Media
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.words import words_in

Names = Mapping[str, str]
"""Feed names to titles: how units, columns, campaigns and genres are called."""


@dataclass(frozen=True)
class Category:
    """What an entry is filed under, and in which list."""

    scheme: str
    term: str
    label: str


@dataclass(frozen=True)
class Attachment:
    """A picture, sound or film that other papers may take over."""

    url: str
    content_type: str
    size: int
    width: int | None
    height: int | None
    duration: float | None
    caption: str
    credit: str

    @property
    def kind(self) -> str:
        """`image`, `audio`, `video`, or what else the content type begins with."""
        return self.content_type.partition("/")[0]


@dataclass(frozen=True)
class Entry:
    """What every format says of an article. `summary` is plain text, `content` is HTML."""

    id: UUID
    version: int
    title: str
    link: str
    summary: str
    content: str
    language: str
    authors: tuple[str, ...]
    published: datetime
    updated: datetime
    categories: tuple[Category, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    rights: str = ""
    removed: bool = False

    @property
    def urn(self) -> str:
        """The id that every format shows."""
        return self.id.urn


def entry_of(article: Article, names: Names, site: Site) -> Entry:
    """Show an article: its text, or the notice that stands in place of it."""
    if article.canceled:
        return _notice(article, names, site)
    return Entry(
        id=article.id,
        version=article.version,
        title=article.headline,
        link=site.article(article.id),
        summary=article.lead,
        content=_content(article),
        language=article.language,
        authors=tuple(filter(None, article.byline)) or (_unit(article, names),),
        published=article.published.astimezone(UTC),
        updated=article.updated.astimezone(UTC),
        categories=tuple(_categories(article, names)),
        attachments=tuple(_attachment(media) for media in article.media if media.syndicate),
        rights=article.usage_terms,
    )


def _notice(article: Article, names: Names, site: Site) -> Entry:
    # Nothing of the old text, also where it could shine through: byline, keywords, rights.
    words = words_in(article.language)
    told = article.retraction and not article.erased
    notice = article.retraction.notice if article.retraction and told else words.removed
    return Entry(
        id=article.id,
        version=article.version,
        title=words.retracted,
        link=site.article(article.id),
        summary=notice,
        content=f"<p>{escape(notice)}</p>",
        language=article.language,
        authors=(_unit(article, names),),
        published=article.published.astimezone(UTC),
        updated=article.updated.astimezone(UTC),
        removed=True,
    )


def _content(article: Article) -> str:
    if not article.correction_note:
        return article.body
    label = words_in(article.language).correction
    return f"<p><strong>{label}:</strong> {escape(article.correction_note)}</p>{article.body}"


def _unit(article: Article, names: Names) -> str:
    return names.get(f"units/{article.unit}", article.unit)


def _categories(article: Article, names: Names) -> list[Category]:
    def named(kind: str, term: str) -> Category:
        return Category(f"urn:tinbai:{kind}", term, names.get(f"{kind}s/{term}", term))

    return [
        *([named("column", article.column)] if article.column else []),
        *(named("campaign", slug) for slug in article.campaigns),
        named("genre", article.genre),
        *(named("keyword", word) for word in article.keywords if word),
        *(named("place", place) for place in article.places if place),
    ]


def _attachment(media: Media) -> Attachment:
    guessed, _ = guess_type(urlsplit(media.href).path)
    return Attachment(
        url=media.href,
        content_type=media.content_type or guessed or "application/octet-stream",
        size=media.size or 0,
        width=media.width,
        height=media.height,
        duration=media.duration,
        caption=media.caption,
        credit=media.credit,
    )
