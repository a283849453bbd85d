"""What the page of an article shows, worked out from the article; the templates only place it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from schemas.article import Article
from services.archive.catalogue.registry import Names
from services.archive.language.linking import linked_numbers
from services.archive.language.terms import plain
from services.archive.pages.body import shown_body
from services.archive.pages.edition import Edition, around
from services.archive.pages.pictures import Files
from services.archive.site import Site

_DESCRIPTION = 200  # characters


@dataclass(frozen=True)
class ArticlePage:
    """The parts of an article's page that the article doesn't say itself."""

    article: Article
    names: Names
    site: Site
    history: Sequence[Article] = ()
    """All versions, the newest first."""
    translations: list[Article] = field(default_factory=list)

    @property
    def edition(self) -> Edition:
        """The edition around it."""
        return around(self.article.language)

    @property
    def unit(self) -> str:
        """The unit's name, as of the day of publication."""
        return self.names.unit_of(self.article)

    @property
    def unit_path(self) -> str:
        """Where the unit's articles are listed."""
        return f"{self.edition.prefix}/units/{self.article.unit}"

    @property
    def address(self) -> str:
        """The one address under which the article is known."""
        return self.site.article(self.article)

    @property
    def elsewhere(self) -> str | None:
        """Where the other edition has it."""
        others = (each for each in self.translations if around(each.language) != self.edition)
        return next((f"/articles/{each.id}" for each in others), None)

    @cached_property
    def description(self) -> str:
        """The lead, or how the text begins; whole words."""
        return summary(self.article)

    @cached_property
    def files(self) -> Files:
        """Pictures, sound and film."""
        return Files(self.article)

    @cached_property
    def body(self) -> str:
        """The text, ready to be shown."""
        return shown_body(linked_numbers(self.article.body), self.edition.words["table"])

    @cached_property
    def corrections(self) -> list[Article]:
        """The versions that say what they put right, the newest first."""
        versions = self.history or [self.article]
        return [version for version in versions if version.correction_note]

    def absolute(self, path: str) -> str:
        """Give the address of a path here; what is an address already stays."""
        return self.site.archive_url + path if path.startswith("/") else path


def summary(article: Article) -> str:
    """Say what an article is about, in a sentence or two."""
    text = " ".join((article.lead or plain(article.body)).split())
    if len(text) <= _DESCRIPTION:
        return text
    return text[:_DESCRIPTION].rsplit(" ", 1)[0].rstrip(" ,;:.–-") + "…"
