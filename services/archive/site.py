"""Addresses as readers know them."""

from dataclasses import dataclass
from uuid import UUID

from schemas.article import Article
from services.archive.catalogue.brief import Brief


@dataclass(frozen=True)
class Site:
    """Where archive and syndicate are, seen from outside, without a slash at the end; and what the
    paper is called."""

    archive_url: str
    syndicate_url: str
    paper: str

    def article(self, article: Article | Brief) -> str:
        """Give the address of an article's page."""
        return self.article_at(article.id)

    def article_at(self, article_id: UUID) -> str:
        """Give the address of the page of the article with an id."""
        return f"{self.archive_url}/articles/{article_id}"

    def feeds(self, name: str) -> dict[str, str]:
        """Give the addresses of a feed, by media type."""
        base = f"{self.syndicate_url}/feeds/{name}"
        return {
            "application/rss+xml": f"{base}.rss",
            "application/atom+xml": f"{base}.atom",
            "application/feed+json": f"{base}.json",
        }
