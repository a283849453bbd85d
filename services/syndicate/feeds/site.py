"""The public addresses that feeds contain; from settings, never from a request."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Site:
    """Where syndicate and archive are for the public."""

    syndicate_url: str
    archive_url: str

    @property
    def home(self) -> str:
        """The web site that the feeds belong to."""
        return f"{self.archive_url}/"

    @property
    def hub(self) -> str:
        """Where to subscribe to every public feed."""
        return f"{self.syndicate_url}/hub"

    def feed(self, name: str, extension: str) -> str:
        """A feed in one format."""
        return f"{self.syndicate_url}{feed_path(name, extension)}"

    def page(self, name: str, page: str, extension: str) -> str:
        """A page of a feed's history in one format."""
        return f"{self.syndicate_url}{page_path(name, page, extension)}"

    def article(self, article: UUID) -> str:
        """An article's page."""
        return f"{self.archive_url}/articles/{article}"

    def history(self, article: UUID) -> str:
        """All versions of an article, as JSON."""
        return f"{self.archive_url}/v1/articles/{article}/history"


def feed_path(name: str, extension: str) -> str:
    """The address of a feed on this service."""
    return f"/feeds/{name}.{extension}"


def page_path(name: str, page: str, extension: str) -> str:
    """The address of a page of a feed's history on this service."""
    return f"/history/{name}/{page}.{extension}"
