"""One article by itself in one format: what webhooks, files and mails carry."""

from dataclasses import dataclass
from datetime import UTC

from schemas.article import Article
from schemas.partner import Format
from services.syndicate.feeds.entry import Names
from services.syndicate.feeds.format import PrivateHead
from services.syndicate.feeds.partner_format import PARTNER_FORMATS
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.words import words_in


@dataclass(frozen=True)
class Single:
    """A document that holds one article."""

    media_type: str
    body: bytes

    @property
    def content_type(self) -> str:
        """What HTTP calls it."""
        return f"{self.media_type}; charset=utf-8"


def single(
    format_: Format, article: Article, names: Names, site: Site, base: str | None = None
) -> Single:
    """Write down an article, or the notice that stands in place of it; `base` is the document's
    address without the format, where it can be asked for. Raises ValueError where the format can't
    hold its text, which ingest would not have let in."""
    writer = PARTNER_FORMATS[format_]
    fragment = writer.fragment(article, names, site)
    return Single(writer.single_type, writer.single(_head(article, base), site, fragment))


def _head(article: Article, base: str | None) -> PrivateHead:
    return PrivateHead(
        str(article.id),
        words_in(article.language).retracted if article.canceled else article.headline,
        article.language,
        article.updated.astimezone(UTC),
        base=base,
    )
