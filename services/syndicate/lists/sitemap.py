"""The news sitemap: what search engines read, some minutes after it changed.

https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from lxml import etree

from schemas.article import Article
from services.common.metrics import FEED_RENDER_ERRORS
from services.syndicate.feeds.site import Site
from services.syndicate.rendering.window import Standing

PERIOD = timedelta(days=2)
"""From the first publication; what is older belongs into no news sitemap."""
MOST = 1000
"""Addresses in a news sitemap."""

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_IMAGE = "http://www.google.com/schemas/sitemap-image/1.1"
_NAMESPACES = {None: _SITEMAP, "news": _NEWS, "image": _IMAGE}

log = structlog.get_logger()


class Sitemap:
    """Remembers what was said of each article, so that a change costs one of them."""

    def __init__(self, site: Site, publication: str) -> None:
        self._site = site
        self._publication = publication
        self._said: dict[UUID, tuple[int, bytes]] = {}

    def of(
        self,
        entries: Sequence[Standing],
        load: Callable[[Collection[UUID]], dict[UUID, bytes]],
    ) -> bytes:
        """Say the articles of `entries`; one of which that can't be done is left out."""
        missing = [e for e in entries if self._said.get(e.article, (0, b""))[0] != e.version]
        texts = load([each.article for each in missing]) if missing else {}
        for each in missing:
            self._said[each.article] = each.version, self._try(each.article, texts)
        self._said = {each.article: self._said[each.article] for each in entries}
        return _OPENING + b"".join(said for _, said in self._said.values()) + _CLOSING

    def _try(self, article: UUID, texts: dict[UUID, bytes]) -> bytes:
        try:
            return say(Article.model_validate_json(texts[article]), self._site, self._publication)
        except Exception:
            FEED_RENDER_ERRORS.inc()
            log.exception("entry_left_out", article=str(article), document="sitemap")
            return b""


def say(article: Article, site: Site, publication: str) -> bytes:
    """Say one article."""
    root = _root()
    url = etree.SubElement(root, f"{{{_SITEMAP}}}url")
    _text(url, _SITEMAP, "loc", site.article(article.id))
    _text(url, _SITEMAP, "lastmod", _time(article.updated))
    news = etree.SubElement(url, f"{{{_NEWS}}}news")
    paper = etree.SubElement(news, f"{{{_NEWS}}}publication")
    _text(paper, _NEWS, "name", publication)
    _text(paper, _NEWS, "language", news_language(article.language))
    _text(news, _NEWS, "publication_date", _time(article.published))
    _text(news, _NEWS, "title", article.headline)
    # Only pictures that may leave our pages: a search engine shows them on its own.
    for picture in [m for m in article.media if m.syndicate and _is_picture(m.content_type)][:1]:
        image = etree.SubElement(url, f"{{{_IMAGE}}}image")
        _text(image, _IMAGE, "loc", picture.href)
    return etree.tostring(root, encoding="utf-8").removeprefix(_ROOT).removesuffix(_CLOSING)


def news_language(tag: str) -> str:
    """Give a language as news sitemaps name it: ISO 639, but for Chinese in its two scripts."""
    primary, *others = tag.lower().split("-")
    if primary == "zh":
        return "zh-tw" if {"tw", "hk", "mo", "hant"}.intersection(others) else "zh-cn"
    return primary


def _is_picture(content_type: str | None) -> bool:
    return content_type is not None and content_type.startswith("image/")


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _text(parent: etree._Element, namespace: str, tag: str, text: str) -> None:
    etree.SubElement(parent, f"{{{namespace}}}{tag}").text = text


def _root() -> etree._Element:
    root = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap=_NAMESPACES)
    root.text = ""  # so that it has an end of its own
    return root


_CLOSING = b"</urlset>"
_ROOT = etree.tostring(_root()).removesuffix(_CLOSING)
_OPENING = b'<?xml version="1.0" encoding="utf-8"?>\n' + _ROOT
