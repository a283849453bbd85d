"""The index's schema, and documents as Tantivy keeps them."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

import tantivy
from pydantic import BaseModel, Field, TypeAdapter
from tantivy import SchemaBuilder

from schemas.article import Article
from services.archive.articles.history import History, newest
from services.archive.engine.documents import (
    COUNTED,
    EXACT,
    FACETS,
    POSITIONED,
    Document,
    Kind,
    version_document,
)


def _schema() -> SchemaBuilder:
    builder = SchemaBuilder()
    # Documents of one key are replaced together: an article's id, or a registry record's key.
    for name in ("key", "kind", *EXACT):
        builder.add_text_field(
            name, tokenizer_name="raw", index_option="basic", fast=name in FACETS
        )
    builder.add_text_field("order", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_integer_field("published", fast=True, indexed=True)
    for name in POSITIONED:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in COUNTED:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("record", "signature"):
        builder.add_bytes_field(name, stored=True)
    return builder


SCHEMA = _schema().build()


def index_option(field: str) -> str:
    """Say how a field is indexed, as its queries must name it."""
    return "position" if field in POSITIONED else "freq" if field in COUNTED else "basic"


class Forgotten(BaseModel):
    """What is kept of a version that was erased."""

    id: UUID
    version: int


_VERSION: TypeAdapter[Article | Forgotten] = TypeAdapter(
    Annotated[Article | Forgotten, Field(union_mode="left_to_right")]
)


def article_documents(article_id: UUID, history: History) -> list[tantivy.Document]:
    """Make the documents of one article: one for each version, the newest one to be found."""
    stands = newest(history)
    return [
        _forgotten(article_id, version)
        if article is None
        else as_tantivy(version_document(article, newest=article is stands))
        for version, article in history.items()
    ]


def histories_in(kept: Iterable[bytes]) -> dict[UUID, History]:
    """Read articles from what their documents keep."""
    histories: dict[UUID, dict[int, Article | None]] = {}
    for each in map(_VERSION.validate_json, kept):
        article = each if isinstance(each, Article) else None
        histories.setdefault(each.id, {})[each.version] = article
    return dict(histories)


def as_tantivy(document: Document) -> tantivy.Document:
    """Give a document in Tantivy's form."""
    made = kept_document(document.key, document.kind, document.record)
    for field, values in document.exact.items():
        for value in values:
            made.add_text(field, value)
    for field, text in document.texts.items():
        made.add_text(field, text)
    if document.published is not None:
        made.add_integer("published", document.published)
    if document.order is not None:
        made.add_text("order", document.order)
    if document.signature is not None:
        made.add_bytes("signature", document.signature)
    return made


def kept_document(key: str, kind: str, record: bytes) -> tantivy.Document:
    """Make a document that is only kept, to be read again by its key or kind."""
    made = tantivy.Document()
    made.add_text("key", key)
    made.add_text("kind", kind)
    made.add_bytes("record", record)
    return made


def _forgotten(article_id: UUID, version: int) -> tantivy.Document:
    record = Forgotten(id=article_id, version=version).model_dump_json().encode()
    return kept_document(str(article_id), Kind.FORGOTTEN, record)
