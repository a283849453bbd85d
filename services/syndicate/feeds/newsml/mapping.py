"""From an article to NewsML-G2 2.35 (docs/partner-formats.md has the table)."""

from collections.abc import Iterator

from schemas.article import Article, Genre
from services.syndicate.feeds.addresses import uri_of
from services.syndicate.feeds.content import without_withheld
from services.syndicate.feeds.entry import Names
from services.syndicate.feeds.newsml.links import links_of
from services.syndicate.feeds.newsml.shape import Block, Concept, Link, NewsItem
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.vocabularies import IPTC_GENRES, unit_name
from services.syndicate.feeds.words import words_in

_CLASSES = {
    Genre.INFOGRAPHIC: "ninat:graphic",
    Genre.PHOTO: "ninat:picture",
    Genre.VIDEO: "ninat:video",
    Genre.PODCAST: "ninat:audio",
}
"""What is no text first of all."""


def news_item_of(article: Article, names: Names, site: Site) -> NewsItem:
    """Map an article, or the notice that stands in place of it."""
    return _notice(article, names, site) if article.canceled else _whole(article, names, site)


def _whole(article: Article, names: Names, site: Site) -> NewsItem:
    return NewsItem(
        guid=article.id.urn,
        version=article.version,
        language=article.language,
        item_class=_CLASSES.get(article.genre, "ninat:text"),
        provider=_unit(article, names),
        version_created=article.updated,
        first_created=article.published,
        pub_status=f"stat:{article.pub_status}",
        profile=_profile(article),
        title=article.headline,
        headline=article.headline,
        usage_terms=article.usage_terms,
        embargoed=article.embargoed_until,
        expires=article.expires,
        ed_note=article.ed_note,
        signals=tuple(_signals(article)),
        links=(_page(article, site), *links_of(article)),
        urgency=article.urgency,
        creators=[Concept(name=author) for author in article.byline if author],
        contributors=tuple(_contributors(article)),
        alt_ids=[Block(article.external_id, "tinbai:id:external")] if article.external_id else (),
        genres=tuple(_genres(article.genre, names)),
        keywords=[word for word in article.keywords if word],
        subjects=tuple(_subjects(article, names)),
        by=", ".join(filter(None, article.byline)),
        descriptions=tuple(_descriptions(article)),
        html=without_withheld(article, site.article(article.id)),
    )


def _notice(article: Article, names: Names, site: Site) -> NewsItem:
    # Nothing of the old text, also where it could shine through: byline, keywords, rights.
    words = words_in(article.language)
    told = None if article.erased else article.retraction
    return NewsItem(
        guid=article.id.urn,
        version=article.version,
        language=article.language,
        item_class="ninat:text",
        provider=_unit(article, names),
        version_created=article.updated,
        first_created=article.published,
        pub_status=f"stat:{article.pub_status}",
        profile=_profile(article),
        title=words.retracted,
        headline=words.retracted,
        ed_note=told.reason if told else "",
        signals=[f"tinbai:erasure:{article.erased.reason_code}"] if article.erased else (),
        links=(_page(article, site),),
        descriptions=[Block(told.notice if told else words.removed, "tinbai:role:notice")],
    )


def _profile(article: Article) -> str:
    return "tinbai" if article.public else "tinbai-test"


def _unit(article: Article, names: Names) -> Concept:
    return Concept(f"tinbai:unit:{article.unit}", unit_name(article, names))


def _page(article: Article, site: Site) -> Link:
    page = uri_of(site.article(article.id))
    return Link("tinbai:rel:page", href=page, contenttype="text/html")


def _signals(article: Article) -> Iterator[str]:
    if article.correction_note:
        yield "sig:correction"
    yield f"tinbai:change:{article.change}"


def _contributors(article: Article) -> Iterator[Concept]:
    if article.interviewee:
        yield Concept(name=article.interviewee, role="tinbai:role:interviewee")
    if article.approved_by:
        yield Concept(name=article.approved_by, role="tinbai:role:approver")


def _genres(genre: Genre, names: Names) -> Iterator[Concept]:
    yield Concept(f"tinbai:genre:{genre}", names.get(f"genres/{genre}", genre.value))
    if known := IPTC_GENRES.get(genre):
        yield Concept(f"genre:{known.rpartition('/')[2]}")


def _subjects(article: Article, names: Names) -> Iterator[Concept]:
    if column := article.column:
        yield _subject("column", column, names)
        if topic := names.get(f"media_topics/{column}"):
            yield Concept(topic)
    for campaign in article.campaigns:
        yield _subject("campaign", campaign, names)
    for place in filter(None, article.places):
        yield Concept(name=place, type="cpnat:geoArea")


def _subject(kind: str, code: str, names: Names) -> Concept:
    return Concept(f"tinbai:{kind}:{code}", names.get(f"{kind}s/{code}", code))


def _descriptions(article: Article) -> Iterator[Block]:
    if article.lead:
        yield Block(article.lead, "drol:summary")
    if article.correction_note:
        yield Block(article.correction_note, "tinbai:role:correction")
