"""An erasure in ingest's own store: what stays of the article, and what goes at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, update

from schemas.article import ErasedVersion, Erasure
from schemas.text import Code
from services.common.given import Given
from services.ingest.lifecycle import State, erased_id
from services.ingest.likeness import likeness
from services.ingest.media import uses as media_uses
from services.ingest.relaying import outbox
from services.ingest.store import ERASED
from services.ingest.tables import (
    article_campaigns,
    erasures,
    idempotency,
    media,
    polled_items,
    reviews,
    versions,
)

Step = Literal["cleaned", "sent", "done"]


class GivenErasure(Given):
    """By which order: `court-order`, `personal-data`."""

    reason_code: Code


@dataclass(frozen=True)
class Erasing:
    """An erasure, and how far it has come; `media` are the files that go with it."""

    article: UUID
    media: Sequence[UUID]
    begun: datetime
    cleaned: datetime | None
    sent: datetime | None
    done: datetime | None


def record_of(conn: Connection, article: UUID, reason_code: str, now: datetime) -> Erasure:
    """Make the record that stays: each version with its digest. Comes before `forget`."""
    rows = conn.execute(
        select(versions.c.version, versions.c.digest, versions.c.submission)
        .where(versions.c.article_id == str(article))
        .order_by(versions.c.version)
    )
    known = [
        # A retraction was stored without one.
        ErasedVersion(
            version=row.version, digest=row.digest or sha256(row.submission.encode()).hexdigest()
        )
        for row in rows
    ]
    return Erasure(versions=known, reason_code=reason_code, at=now)


def released_part(conn: Connection, article: UUID, record: Erasure) -> Erasure:
    """Give what the world may know of the record: the versions that it has seen."""
    released = versions.c.released.is_not(None)
    query = select(versions.c.version).where(versions.c.article_id == str(article), released)
    seen = set(conn.scalars(query))
    return record.model_copy(
        update={"versions": [each for each in record.versions if each.version in seen]}
    )


def forget(conn: Connection, state: State, answer: str, now: datetime) -> None:
    """Forget what every table holds of an article's text; `answer` is what a repeated submission
    of it gets from now on."""
    article = str(state.id)
    conn.execute(update(versions).where(versions.c.article_id == article).values(submission=ERASED))
    # Rare enough to look through the answers of a week; they begin with the article that they are
    # of, under any key, and may go on to name others that are like it.
    begins = answer[: answer.index(article) + len(article)]
    mine = idempotency.c.answer.startswith(begins, autoescape=True)
    conn.execute(
        update(idempotency).where(idempotency.c.unit == state.unit, mine).values(answer=answer)
    )
    outbox.forget(conn, state.id)
    likeness.forget(conn, state.id)
    conn.execute(update(reviews).where(reviews.c.article_id == article).values(note=""))
    conn.execute(delete(article_campaigns).where(article_campaigns.c.article_id == article))
    _forget_polled(conn, article)
    files = media_uses.give_up(conn, state.id)
    conn.execute(delete(media).where(media.c.id.in_(files)))
    row = {"article_id": article, "media": json.dumps(files), "begun": now}
    conn.execute(insert(erasures), row)


def _forget_polled(conn: Connection, article: str) -> None:
    polled = polled_items.c.article_id == article
    for name in conn.scalars(select(polled_items.c.external_id).where(polled)).all():
        row = update(polled_items).where(polled, polled_items.c.external_id == name)
        conn.execute(row.values(external_id=erased_id(name), note=None))


def unfinished(conn: Connection) -> list[Erasing]:
    """List the erasures that something is left to do for."""
    rows = conn.execute(select(erasures).where(erasures.c.done.is_(None)))
    return [_erasing(row) for row in rows]


def listed(conn: Connection, after: str, limit: int) -> list[Erasing]:
    """List erasures by article."""
    query = select(erasures).where(erasures.c.article_id > after)
    rows = conn.execute(query.order_by(erasures.c.article_id).limit(limit))
    return [_erasing(row) for row in rows]


def every_article(conn: Connection) -> frozenset[str]:
    """Give the ids of all articles that were ever erased."""
    return frozenset(conn.scalars(select(erasures.c.article_id)))


def note(conn: Connection, articles: Sequence[UUID], step: Step, now: datetime) -> None:
    """Note that these have come so far."""
    conn.execute(
        update(erasures)
        .where(erasures.c.article_id.in_([str(each) for each in articles]))
        .values({step: now})
    )


def files_gone_for_good(conn: Connection, files: Sequence[UUID]) -> list[UUID]:
    """Give those that nobody has uploaded again since: the same bytes get the same id."""
    names = [str(each) for each in files]
    back = set(conn.scalars(select(media.c.id).where(media.c.id.in_(names))))
    return [each for each in files if str(each) not in back]


def _erasing(row: Row[Any]) -> Erasing:
    files = [UUID(each) for each in json.loads(row.media)]
    return Erasing(UUID(row.article_id), files, row.begun, row.cleaned, row.sent, row.done)
