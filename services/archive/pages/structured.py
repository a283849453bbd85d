"""Pages for search engines: schema.org, as JSON-LD."""

from collections.abc import Iterator

from schemas.article import Article
from services.archive.pages.page import ArticlePage
from services.archive.pages.pictures import Shown

_SCHEMA_ORG = "https://schema.org"

Data = dict[str, object]


def news_article(page: ArticlePage) -> Data:
    """Describe an article: `NewsArticle`."""
    article = page.article
    unit = {"@type": "Organization", "name": page.unit, "url": page.absolute(page.unit_path)}
    people = [{"@type": "Person", "name": name} for name in article.byline]
    return {
        "@context": _SCHEMA_ORG,
        "@type": "NewsArticle",
        "mainEntityOfPage": page.address,
        "headline": article.headline,
        "description": page.description,
        "inLanguage": article.language,
        "datePublished": article.published.isoformat(),
        "dateModified": article.updated.isoformat(),
        "isAccessibleForFree": True,
        "author": [*people, unit],
        "publisher": _paper(page),
        "image": [_image(page, each) for each in page.files.for_others],
        **dict(_further(page)),
    }


def breadcrumbs(page: ArticlePage) -> list[Data]:
    """Say where an article stands in the paper: a `BreadcrumbList`, if it is in a column."""
    column = page.article.column
    if column is None:
        return []
    steps = [
        (page.site.paper, page.absolute(page.edition.home)),
        (page.names.column(column), page.absolute(f"{page.edition.prefix}/columns/{column}")),
        (page.article.headline, page.address),
    ]
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": address}
        for place, (name, address) in enumerate(steps, 1)
    ]
    return [{"@context": _SCHEMA_ORG, "@type": "BreadcrumbList", "itemListElement": items}]


def _further(page: ArticlePage) -> Iterator[tuple[str, object]]:
    article = page.article
    if article.column:
        yield "articleSection", page.names.column(article.column)
    if article.keywords:
        yield "keywords", article.keywords
    if page.corrections:
        yield "correction", [_correction(each) for each in page.corrections]
    if article.source_url:
        yield "isBasedOn", article.source_url
    if article.rebuts:
        yield "about", _press_item(article)
    if article.translation_of:
        yield "translationOfWork", {"@id": page.site.article_at(article.translation_of)}


def _paper(page: ArticlePage) -> Data:
    return {"@type": "NewsMediaOrganization", "name": page.site.paper, "url": page.absolute("/")}


def _image(page: ArticlePage, shown: Shown) -> Data:
    media = shown.media
    known = {
        "width": media.width,
        "height": media.height,
        "caption": media.caption,
        "creditText": media.credit,
    }
    return {
        "@type": "ImageObject",
        "url": page.absolute(shown.src),
        **{name: value for name, value in known.items() if value},
    }


def _correction(version: Article) -> Data:
    return {
        "@type": "CorrectionComment",
        "text": version.correction_note,
        "datePublished": version.updated.isoformat(),
    }


def _press_item(article: Article) -> Data:
    assert article.rebuts
    return {
        "@type": "NewsArticle",
        "headline": article.rebuts.title,
        "url": article.rebuts.url,
        "publisher": {"@type": "Organization", "name": article.rebuts.outlet},
    }
