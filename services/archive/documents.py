"""The index's schema, and articles as its documents."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter
from tantivy import Document, SchemaBuilder

from schemas.article import Article
from services.archive.history import History, newest
from services.archive.terms import Terms, pairs, terms_of

FORMAT = 2
"""Goes up with every change of the schema or of what stands in a field; the index is then made
anew from Kafka."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
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
    OFFSETS = "offsets"


FACETS = ("unit", "column", "campaign", "genre", "language")


def _schema() -> SchemaBuilder:
    builder = SchemaBuilder()
    # Documents of one key are replaced together: an article's id, or a registry record's key.
    for name in ("key", "kind", "media"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in (*FACETS, "order"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_integer_field("published", fast=True, indexed=True)
    for name in ("headline", "lead", "words"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("pairs", tokenizer_name="whitespace", index_option="freq")
    builder.add_bytes_field("record", stored=True)
    return builder


SCHEMA = _schema().build()


class Forgotten(BaseModel):
    """What is kept of a version that was erased."""

    id: UUID
    version: int


_VERSION: TypeAdapter[Article | Forgotten] = TypeAdapter(
    Annotated[Article | Forgotten, Field(union_mode="left_to_right")]
)


def article_documents(article_id: UUID, history: History) -> list[Document]:
    """Make the documents of one article: one for each version, the newest one to be found."""
    stands = newest(history)
    return [
        _forgotten(article_id, version)
        if article is None
        else _newest_version(article)
        if article is stands
        else _version(article, Kind.EARLIER)
        for version, article in history.items()
    ]


def histories_in(kept: Iterable[bytes]) -> dict[UUID, History]:
    """Read articles from what their documents keep."""
    histories: dict[UUID, dict[int, Article | None]] = {}
    for each in map(_VERSION.validate_json, kept):
        article = each if isinstance(each, Article) else None
        histories.setdefault(each.id, {})[each.version] = article
    return dict(histories)


def _forgotten(article_id: UUID, version: int) -> Document:
    record = Forgotten(id=article_id, version=version).model_dump_json().encode()
    return record_document(str(article_id), Kind.FORGOTTEN, record)


def record_document(key: str, kind: Kind, record: bytes) -> Document:
    """Make a document that is only kept, to be read again by its key or kind."""
    document = Document()
    document.add_text("key", key)
    document.add_text("kind", kind)
    document.add_bytes("record", record)
    return document


def place_in_order(published: datetime, article_id: UUID) -> str:
    """Say where an article stands among all: by first publication, then by id."""
    return f"{max(0, instant(published)):018d}{article_id.hex}"


def instant(time: datetime) -> int:
    """Count microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def _version(article: Article, kind: Kind) -> Document:
    return record_document(str(article.id), kind, article.model_dump_json().encode())


def _newest_version(article: Article) -> Document:
    if article.erased:
        return _version(article, Kind.ERASED)
    if article.canceled:
        return _version(article, Kind.NOTICE)
    if article.withheld:
        return _version(article, Kind.EXPIRED)
    document = _version(article, Kind.CURRENT)
    _add_facets(document, article)
    _add_words(document, terms_of(article))
    return document


def _add_facets(document: Document, article: Article) -> None:
    document.add_text("unit", article.unit)
    document.add_text("genre", article.genre)
    document.add_text("language", article.language)
    if article.column:
        document.add_text("column", article.column)
    for campaign in article.campaigns:
        document.add_text("campaign", campaign)
    for media in article.media:
        if media.id:
            document.add_text("media", str(media.id))
    document.add_integer("published", instant(article.published))
    document.add_text("order", place_in_order(article.published, article.id))


def _add_words(document: Document, terms: Terms) -> None:
    document.add_text("headline", " ".join(terms.headline))
    document.add_text("lead", " ".join(terms.lead))
    document.add_text("words", _GAP.join(map(" ".join, terms.parts)))
    document.add_text("pairs", " ".join(" ".join(pairs(part)) for part in terms.parts))
