"""What stands in an index, for any engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from schemas.article import Article
from services.archive.language.linking import texts
from services.archive.language.marks import marked_words
from services.archive.language.numbers import citations
from services.archive.language.phrases import phrases_of
from services.archive.language.signature import signature_of
from services.archive.language.terms import Terms, terms_of
from services.common.instants import microseconds

FORMAT = 4
"""Goes up with every change of what stands in an index; it is then made anew from Kafka."""

FACETS = ("unit", "column", "campaign", "genre", "language")
EXACT = (*FACETS, "media", "translation_of", "replaces", "number", "phrase")
"""Fields of exact values; the facets can be counted."""
POSITIONED = ("headline", "lead", "words")
"""Fields of folded words, in their order: phrases can be found."""
COUNTED = ("pairs", "marked")
"""Fields of terms in no order."""

# No folded word: between two parts it keeps a phrase from reaching across.
_GAP = " . "


class Kind(StrEnum):
    """What a document is."""

    CURRENT = "current"
    """The newest version of an article that readers may see; only these carry words."""
    NOTICE = "notice"
    """What is left of an article that was taken back."""
    EXPIRED = "expired"
    """The newest version of an article whose time is over: known, and shown to nobody."""
    ERASED = "erased"
    """The record of an erasure: nothing else is left of the article."""
    FORGOTTEN = "forgotten"
    """A version that was erased: only its number, so that it can't come back."""
    EARLIER = "earlier"
    """A version that stands in the history only."""
    REGISTRY = "registry"


@dataclass(frozen=True)
class Document:
    """One document: found by its fields, and read again as its `record`.

    `texts` are terms with spaces between them. `published`, `order` and `signature` are of articles
    that stand.
    """

    key: str
    kind: Kind
    record: bytes
    exact: Mapping[str, Sequence[str]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    published: int | None = None
    order: str | None = None
    signature: bytes | None = None


def version_document(article: Article, *, newest: bool) -> Document:
    """Make the document of a version; the newest one is to be found."""
    if not newest:
        return _kept(article, Kind.EARLIER)
    if article.erased:
        return _kept(article, Kind.ERASED)
    if article.canceled:
        return _kept(article, Kind.NOTICE)
    if article.withheld:
        return _kept(article, Kind.EXPIRED)
    terms = terms_of(article)
    return Document(
        key=str(article.id),
        kind=Kind.CURRENT,
        record=article.model_dump_json().encode(),
        exact=_exact(article),
        texts=_texts(article, terms),
        published=microseconds(article.published),
        order=place_in_order(article.published, article.id),
        signature=signature_of(article.id, terms).to_bytes(),
    )


def place_in_order(published: datetime, article_id: UUID) -> str:
    """Say where an article stands among all: by first publication, then by id."""
    return f"{max(0, microseconds(published)):018d}{article_id.hex}"


def numbers_in(article: Article) -> set[str]:
    """Give the slugs of the documents that an article names."""
    parts = (article.headline, article.lead, *texts(article.body))
    return {found.slug for part in parts for found in citations(part)}


def _kept(article: Article, kind: Kind) -> Document:
    return Document(str(article.id), kind, article.model_dump_json().encode())


def _exact(article: Article) -> Mapping[str, Sequence[str]]:
    return {
        "unit": [article.unit],
        "genre": [article.genre],
        "language": [article.language],
        "column": [article.column] if article.column else [],
        "campaign": article.campaigns,
        "media": [str(media.id) for media in article.media if media.id],
        "translation_of": [str(article.translation_of)] if article.translation_of else [],
        "replaces": [str(article.replaces)] if article.replaces else [],
        "number": sorted(numbers_in(article)),
        "phrase": sorted(phrases_of(article.headline)),
    }


def _texts(article: Article, terms: Terms) -> Mapping[str, str]:
    return {
        "headline": " ".join(terms.headline),
        "lead": " ".join(terms.lead),
        "words": _GAP.join(map(" ".join, terms.parts)),
        "pairs": " ".join(_paired(part) for part in terms.parts),
        "marked": " ".join(marked_words(f"{article.headline} {article.lead}")),
    }


def _paired(words: list[str]) -> str:
    """Give the `pairs` of words with spaces between them. Not pair by pair: that takes twice as
    long, and was most of what it takes to prepare an article."""
    firsts, seconds = words[:-1], words[1:]
    joined = [" "] * (4 * len(firsts))
    joined[::4], joined[1::4], joined[2::4] = firsts, ["_"] * len(firsts), seconds
    return "".join(joined[:-1])
