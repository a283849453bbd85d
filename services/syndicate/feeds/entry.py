"""An article as the public reads it in a feed, before any format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from schemas.article import Article, Rebuttal
from services.syndicate.feeds.attachments import Attachment, attachments_of
from services.syndicate.feeds.content import content_of, paragraph
from services.syndicate.feeds.relations import Link, links_of
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.words import words_in

Names = Mapping[str, str]
"""Feed names to titles: how units, columns, campaigns and genres are called. For partners, also
`media_topics/SLUG`: the IPTC Media Topic of a column."""

Private = Mapping[str, str | int]
"""By the names that the article has."""


@dataclass(frozen=True)
class Category:
    """What an entry is filed under, and in which list."""

    scheme: str
    term: str
    label: str


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
    unit: Category
    authors: tuple[str, ...]
    published: datetime
    updated: datetime
    contributors: tuple[str, ...] = ()
    """Who speaks in it, but didn't write it."""
    categories: tuple[Category, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    links: tuple[Link, ...] = ()
    rebuts: Rebuttal | None = None
    correction: str = ""
    rights: str = ""
    genre: str = ""
    urgency: int | None = None
    expires: datetime | None = None
    removed: bool = False
    private: Private = field(default_factory=dict)
    """What only partners read."""

    @property
    def urn(self) -> str:
        """The id that every format shows."""
        return self.id.urn


def entry_of(article: Article, names: Names, site: Site) -> Entry:
    """Show an article: its text, or the notice that stands in place of it."""
    if article.canceled:
        return _notice(article, names, site)
    unit = _named("unit", article.unit, names)
    link = site.article(article.id)
    return Entry(
        id=article.id,
        version=article.version,
        title=article.headline,
        link=link,
        summary=article.lead,
        content=content_of(article, link),
        language=article.language,
        unit=unit,
        authors=tuple(filter(None, article.byline)) or (unit.label,),
        contributors=(article.interviewee,) if article.interviewee else (),
        published=article.published.astimezone(UTC),
        updated=article.updated.astimezone(UTC),
        # The same word twice is one category.
        categories=tuple(dict.fromkeys(_categories(article, names))),
        attachments=attachments_of(article),
        links=tuple(links_of(article, site)),
        rebuts=article.rebuts,
        correction=article.correction_note.strip(),
        rights=article.usage_terms,
        genre=article.genre,
        urgency=article.urgency,
        expires=article.expires,
    )


def _notice(article: Article, names: Names, site: Site) -> Entry:
    # Nothing of the old text, also where it could shine through: byline, keywords, rights.
    words = words_in(article.language)
    unit = _named("unit", article.unit, names)
    told = article.retraction and not article.erased
    notice = article.retraction.notice if article.retraction and told else words.removed
    return Entry(
        id=article.id,
        version=article.version,
        title=words.retracted,
        link=site.article(article.id),
        summary=notice,
        content=paragraph(notice),
        language=article.language,
        unit=unit,
        authors=(unit.label,),
        published=article.published.astimezone(UTC),
        updated=article.updated.astimezone(UTC),
        removed=True,
    )


def _named(kind: str, term: str, names: Names) -> Category:
    return Category(f"urn:tinbai:{kind}", term, names.get(f"{kind}s/{term}", term))


def _categories(article: Article, names: Names) -> Iterator[Category]:
    if article.column:
        yield _named("column", article.column, names)
    for slug in article.campaigns:
        yield _named("campaign", slug, names)
    yield _named("genre", article.genre, names)
    yield _named("unit", article.unit, names)
    for word in filter(None, article.keywords):
        yield _named("keyword", word, names)
    for place in filter(None, article.places):
        yield _named("place", place, names)
