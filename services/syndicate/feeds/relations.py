"""Where an article leads to, beside its own page."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.article import Article
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.words import words_in


@dataclass(frozen=True)
class Link:
    """A page that belongs to an article, beside its own; `rel` is as registered with IANA."""

    name: str
    """What it is, as the article says it."""
    rel: str
    href: str
    title: str = ""
    content_type: str = "text/html"


def links_of(article: Article, site: Site) -> Iterator[Link]:
    """Give what an article comes from, answers and stands for."""
    words = words_in(article.language)
    if article.source_url:
        yield Link("source_url", "via", article.source_url)
    if press := article.rebuts:
        yield Link("rebuts", "related", press.url, f"{press.outlet}: {press.title}")
    # Not `alternate`: readers would take it for the article's own address.
    if article.translation_of:
        address = site.article(article.translation_of)
        yield Link("translation_of", "related", address, words.original)
    if article.replaces:
        yield Link("replaces", "related", site.article(article.replaces), words.replaced)
    if article.correction_note.strip():  # RFC 5829
        address = site.history(article.id)
        yield Link("history", "version-history", address, words.versions, "application/json")
