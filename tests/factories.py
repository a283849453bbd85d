"""Sample articles and events, as ingest makes them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from schemas.article import Article, ErasedVersion, Erasure, PubStatus, Retraction
from schemas.events import ArticleEvent, Trace
from services.common.ids import new_id

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
TRACE = Trace(request_id="test", traceparent=f"00-{'a' * 32}-{'b' * 16}-01")


def article(**changes: Any) -> Article:
    """Give a published article; an id of its own, unless `changes` has one."""
    fields: dict[str, Any] = {
        "id": new_id(),
        "version": 1,
        "pub_status": PubStatus.USABLE,
        "unit": "HQHP",
        "headline": "Hải quan Hải Phòng thông quan lô hàng đầu năm",
        "body": "<p>Sáng nay, lô hàng đầu tiên đã được thông quan.</p>",
        "published": NOON,
        "updated": NOON,
    }
    return Article.model_validate(fields | changes)


def retraction(article_id: UUID, version: int = 2, **changes: Any) -> Article:
    """Give the version that ends an article: nothing of the text, only the notice."""
    fields: dict[str, Any] = {
        "id": article_id,
        "version": version,
        "pub_status": PubStatus.CANCELED,
        "headline": "",
        "body": "",
        "retraction": Retraction(
            reason="nội bộ: số liệu sai", notice="Bài viết đã được thu hồi vì số liệu sai.", at=NOON
        ),
    }
    return article(**(fields | changes))


def erasure(article_id: UUID, version: int = 2) -> Article:
    """Give the record that stays of an erased article."""
    known = [ErasedVersion(version=each, digest="0" * 64) for each in range(1, version)]
    return article(
        id=article_id,
        version=version,
        pub_status=PubStatus.CANCELED,
        headline="",
        body="",
        erased=Erasure(versions=known, reason_code="court-order", at=NOON),
    )


def event(of: Article, **changes: Any) -> ArticleEvent:
    """Give the event that carries an article's version."""
    kind = "published" if of.version == 1 else "corrected"
    if of.canceled:
        kind = "erased" if of.erased else "retracted"
    fields: dict[str, Any] = {
        "id": new_id(),
        "type": f"article.{kind}",
        "time": of.updated,
        "producer": "ingest",
        "trace": TRACE,
        "article": of,
    }
    return ArticleEvent.model_validate(fields | changes)
