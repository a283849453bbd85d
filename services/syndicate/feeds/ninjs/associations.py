"""What belongs to an article, as associations of ninjs: files, and other pages and articles."""

from collections.abc import Iterator

from schemas.article import Article, Rebuttal, Rendition
from services.syndicate.feeds.addresses import uri_of
from services.syndicate.feeds.attachments import Attachment, files_of
from services.syndicate.feeds.ninjs.shape import (
    Association,
    Named,
    NewsType,
    NinjsRendition,
    Text,
)
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.words import words_in

_TYPES: dict[str, NewsType] = {"image": "picture", "audio": "audio", "video": "video"}


def associations_of(article: Article, site: Site) -> Iterator[Association]:
    """Give all of them, the files first."""
    words = words_in(article.language)
    for file in files_of(article):
        yield _file(file)
    if article.rebuts:
        yield _rebutted(article.rebuts)
    if article.translation_of:
        yield Association(
            uri=article.translation_of.urn,
            name=words.original,
            rel="translation_of",
            renditions=[_page(site.article(article.translation_of))],
        )
    if article.replaces:
        yield Association(
            uri=article.replaces.urn,
            name=words.replaced,
            rel="replaces",
            renditions=[_page(site.article(article.replaces))],
        )
    if article.source_url:
        uri = uri_of(article.source_url)
        yield Association(uri=uri, name=article.source_url, rel="source")


def _file(file: Attachment) -> Association:
    return Association(
        uri=file.id.urn if file.id else uri_of(file.url),
        type=_TYPES.get(file.kind, "composite"),
        name=file.caption or file.role.value,
        rel=file.role.value,
        descriptions=[Text(role="caption", content_type="text/plain", value=file.caption)]
        if file.caption
        else None,
        by=file.credit or None,
        renditions=[
            NinjsRendition(
                name="original",
                href=uri_of(file.url),
                content_type=file.content_type,
                width=file.width,
                height=file.height,
                size_in_bytes=file.size,
                duration=file.duration,
            ),
            *map(_smaller, file.renditions),
        ],
    )


def _smaller(rendition: Rendition) -> NinjsRendition:
    return NinjsRendition(
        name=f"w{rendition.width}",
        href=uri_of(rendition.href),
        content_type=rendition.content_type,
        width=rendition.width,
        height=rendition.height,
        size_in_bytes=rendition.size,
    )


def _rebutted(press: Rebuttal) -> Association:
    return Association(
        uri=uri_of(press.url),
        type="text",
        name=press.title or press.url,
        rel=f"rebuts:{press.stance}",
        headlines=[Text(role="main", value=press.title)],
        info_sources=[Named(name=press.outlet)],
    )


def _page(address: str) -> NinjsRendition:
    return NinjsRendition(name="web", href=uri_of(address), content_type="text/html")
