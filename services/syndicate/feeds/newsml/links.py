"""What belongs to an article, as links of NewsML-G2: files, and other pages and articles."""

from collections.abc import Iterator

from schemas.article import Article
from services.syndicate.feeds.addresses import uri_of
from services.syndicate.feeds.attachments import Attachment, files_of
from services.syndicate.feeds.newsml.shape import Block, Link, RemoteContent

_CLASSES = {"image": "ninat:picture", "audio": "ninat:audio", "video": "ninat:video"}


def links_of(article: Article) -> Iterator[Link]:
    """Give all of them, the files first."""
    yield from map(_file, files_of(article))
    if press := article.rebuts:
        yield Link(
            f"tinbai:rel:{press.stance}",
            href=uri_of(press.url),
            contenttype="text/html",
            provider=press.outlet,
            headline=press.title,
        )
    if article.translation_of:
        yield Link("tinbai:rel:translation_of", residref=article.translation_of.urn)
    if article.replaces:
        yield Link("tinbai:rel:replaces", residref=article.replaces.urn)
    if article.source_url:
        yield Link("tinbai:rel:source", href=uri_of(article.source_url), contenttype="text/html")


def _file(file: Attachment) -> Link:
    return Link(
        f"tinbai:media:{file.role}",
        href=uri_of(file.url),
        residref=file.id.urn if file.id else "",
        contenttype=file.content_type,
        item_class=_CLASSES.get(file.kind, "ninat:composite"),
        creditline=file.credit,
        description=Block(file.caption, "drol:caption") if file.caption else None,
        files=(
            RemoteContent(
                "tinbai:rendition:original",
                uri_of(file.url),
                file.content_type,
                file.size,
                file.width,
                file.height,
                file.duration,
            ),
            *(
                RemoteContent(
                    f"tinbai:rendition:w{each.width}",
                    uri_of(each.href),
                    each.content_type,
                    each.size,
                    each.width,
                    each.height,
                )
                for each in file.renditions
            ),
        ),
    )
