"""An article as partners get it, and its digest."""

import hashlib
from typing import Any

import rfc8785

from schemas.article import Article
from services.syndicate.feeds.content import without_withheld
from services.syndicate.feeds.site import Site


def shown_to_partners(article: Article, site: Site) -> dict[str, Any]:
    """Give the article as JSON values: with what only partners read, without pictures whose rights
    end at our own pages. What is not set is left out."""
    shown = article.model_dump(mode="json", exclude_none=True, exclude={"audience", "media"})
    if article.body:
        shown["body"] = without_withheld(article, site.article(article.id))
    shown["media"] = [
        media.model_dump(mode="json", exclude_none=True, exclude={"syndicate"})
        for media in article.media
        if media.href not in {each.href for each in article.media if not each.syndicate}
    ]
    if not article.public:
        shown["test"] = True
    return shown


def digest_of(shown: dict[str, Any]) -> str:
    """SHA-256, in hex, of canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(shown)).hexdigest()
