"""From an article to ninjs 3.1 (docs/partner-formats.md has the table)."""

from collections.abc import Iterator

from schemas.article import Article, Genre
from services.syndicate.feeds.addresses import uri_of
from services.syndicate.feeds.content import without_withheld
from services.syndicate.feeds.entry import Names
from services.syndicate.feeds.ninjs.associations import associations_of
from services.syndicate.feeds.ninjs.shape import AltId, Named, NewsType, Ninjs, NinjsRendition, Text
from services.syndicate.feeds.site import Site
from services.syndicate.feeds.vocabularies import IPTC_GENRES, MEDIA_TOPICS, unit_name
from services.syndicate.feeds.words import words_in

_TYPES: dict[Genre, NewsType] = {
    Genre.INFOGRAPHIC: "graphic",
    Genre.PHOTO: "picture",
    Genre.VIDEO: "video",
    Genre.PODCAST: "audio",
}
"""What is no text first of all."""


def ninjs_of(article: Article, names: Names, site: Site) -> Ninjs:
    """Map an article, or the notice that stands in place of it."""
    return _notice(article, names, site) if article.canceled else _whole(article, names, site)


def _whole(article: Article, names: Names, site: Site) -> Ninjs:
    page = site.article(article.id)
    return Ninjs(
        uri=article.id.urn,
        type=_TYPES.get(article.genre, "text"),
        profile=_profile(article),
        version=str(article.version),
        first_created=article.published,
        version_created=article.updated,
        embargoed_until=article.embargoed_until,
        expires=article.expires,
        pub_status=article.pub_status.value,
        urgency=article.urgency,
        usage_terms=article.usage_terms or None,
        ed_note=article.ed_note or None,
        language=article.language,
        title=article.headline,
        headlines=[Text(role="main", value=article.headline)],
        descriptions=list(_descriptions(article)) or None,
        bodies=[Text(role="main", content_type="text/html", value=without_withheld(article, page))],
        by=", ".join(filter(None, article.byline)) or None,
        people=list(_people(article)) or None,
        places=[Named(name=place) for place in article.places if place] or None,
        subjects=list(_subjects(article, names)) or None,
        genres=[_genre(article.genre, names)],
        info_sources=[_unit(article, names)],
        alt_ids=[AltId(role="external_id", value=article.external_id)]
        if article.external_id
        else None,
        renditions=_pages(page),
        associations=list(associations_of(article, site)) or None,
    )


def _notice(article: Article, names: Names, site: Site) -> Ninjs:
    # Nothing of the old text, also where it could shine through: byline, keywords, rights.
    words = words_in(article.language)
    told = None if article.erased else article.retraction
    notice = told.notice if told else words.removed
    return Ninjs(
        uri=article.id.urn,
        type="text",
        profile=_profile(article),
        version=str(article.version),
        first_created=article.published,
        version_created=article.updated,
        pub_status=article.pub_status.value,
        language=article.language,
        title=words.retracted,
        headlines=[Text(role="main", value=words.retracted)],
        descriptions=[Text(role="notice", content_type="text/plain", value=notice)],
        ed_note=(told.reason or None) if told else None,
        info_sources=[_unit(article, names)],
        alt_ids=[AltId(role="erasure", value=article.erased.reason_code)]
        if article.erased
        else None,
        renditions=_pages(site.article(article.id)),
    )


def _profile(article: Article) -> str:
    return "tinbai" if article.public else "tinbai-test"


def _unit(article: Article, names: Names) -> Named:
    return Named(
        name=unit_name(article, names),
        role="provider",
        uri=f"urn:tinbai:unit:{article.unit}",
        literal=article.unit,
    )


def _pages(page: str) -> list[NinjsRendition]:
    return [NinjsRendition(name="web", href=uri_of(page), content_type="text/html")]


def _descriptions(article: Article) -> Iterator[Text]:
    if article.lead:
        yield Text(role="summary", content_type="text/plain", value=article.lead)
    if article.correction_note:
        yield Text(role="correction", content_type="text/plain", value=article.correction_note)


def _people(article: Article) -> Iterator[Named]:
    for author in filter(None, article.byline):
        yield Named(name=author, rel="author")
    if article.interviewee:
        yield Named(name=article.interviewee, rel="interviewee")
    if article.approved_by:
        yield Named(name=article.approved_by, rel="approver")


def _genre(genre: Genre, names: Names) -> Named:
    name = names.get(f"genres/{genre}", genre.value)
    return Named(name=name, uri=IPTC_GENRES.get(genre), literal=genre.value)


def _subjects(article: Article, names: Names) -> Iterator[Named]:
    if column := article.column:
        yield _subject("column", column, names)
        if topic := names.get(f"media_topics/{column}"):
            code = topic.removeprefix("medtop:")
            yield Named(rel="mediatopic", uri=f"{MEDIA_TOPICS}{code}", literal=topic)
    for campaign in article.campaigns:
        yield _subject("campaign", campaign, names)
    for word in filter(None, article.keywords):
        yield Named(name=word, rel="keyword")


def _subject(kind: str, code: str, names: Names) -> Named:
    name = names.get(f"{kind}s/{code}", code)
    return Named(name=name, rel=kind, uri=f"urn:tinbai:{kind}:{code}", literal=code)
