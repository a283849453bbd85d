"""What ingest knows of articles, to and from its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from schemas.article import PUBLIC, Erasure
from schemas.events import Trace
from services.common.prepared import Prepared
from services.ingest.lifecycle import State, Status, erased_id
from services.ingest.submission import Change, Draft, GivenRetraction, GivenReview, Submission
from services.ingest.tables import (
    article_campaigns,
    articles,
    idempotency,
    reviews,
    versions,
)

ERASED = "{}"
"""What stands in place of a submission whose text was erased."""
_IDEMPOTENCY_KEPT = timedelta(days=7)

# Statements that every submission needs are built once: building costs more than running.
_ADD_ARTICLE = Prepared(insert(articles))
_ADD_VERSION = Prepared(insert(versions))
_ADD_ANSWER = Prepared(insert(idempotency))
_BY_ID = select(articles).where(articles.c.id == bindparam("id"))
_BY_EXTERNAL_ID = Prepared(
    select(articles.c.id).where(
        articles.c.unit == bindparam("unit"), articles.c.external_id == bindparam("external_id")
    )
)
_SAVE = update(articles).where(articles.c.id == bindparam("of"))
_ONE_VERSION = select(versions).where(
    versions.c.article_id == bindparam("of"), versions.c.version == bindparam("number")
)
_MARK_VERSION = update(versions).where(
    versions.c.article_id == bindparam("of"), versions.c.version == bindparam("number")
)
_ANSWER = Prepared(
    select(idempotency.c.digest, idempotency.c.answer).where(
        idempotency.c.unit == bindparam("unit"), idempotency.c.key == bindparam("key")
    )
)


def find(conn: Connection, article: UUID) -> State | None:
    """Find an article, whoever owns it."""
    row = conn.execute(_BY_ID, {"id": str(article)}).one_or_none()
    return None if row is None else _state(row)


def find_by_external_id(conn: Connection, unit: str, external_id: str) -> State | None:
    """Find an article by the unit's own id for it; an erased one too."""
    found = _BY_EXTERNAL_ID.rows(conn, unit=unit, external_id=external_id)
    found = found or _BY_EXTERNAL_ID.rows(conn, unit=unit, external_id=erased_id(external_id))
    return find(conn, UUID(found[0][0])) if found else None


@dataclass(frozen=True)
class Wanted:
    """Which articles a list shows; None where any will do."""

    unit: str | None = None
    status: Status | None = None
    genre: str | None = None
    column: str | None = None
    campaign: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    audience: str = PUBLIC


def newest(conn: Connection, wanted: Wanted, before: UUID | None, limit: int) -> list[State]:
    """List articles, the newest first; `before` is the last one of the page before."""
    query = select(articles).order_by(articles.c.id.desc()).limit(limit)
    query = query.where(articles.c.audience == wanted.audience)
    for column in (articles.c.unit, articles.c.status, articles.c.genre, articles.c.column):
        if (value := getattr(wanted, column.name)) is not None:
            query = query.where(column == value)
    if wanted.campaign is not None:
        query = query.join(article_campaigns).where(article_campaigns.c.campaign == wanted.campaign)
    if wanted.received_from is not None:
        query = query.where(articles.c.received >= wanted.received_from)
    if wanted.received_to is not None:
        query = query.where(articles.c.received <= wanted.received_to)
    if before is not None:
        query = query.where(articles.c.id < str(before))
    return [_state(row) for row in conn.execute(query)]


def due_to_expire(conn: Connection, now: datetime, limit: int) -> list[State]:
    """List articles whose time is over, the longest waiting first."""
    query = select(articles).where(articles.c.expires <= now).order_by(articles.c.expires)
    return [_state(row) for row in conn.execute(query.limit(limit))]


def due_for_release(conn: Connection, now: datetime, limit: int) -> list[State]:
    """List embargoed articles whose time has come and is not over, the longest waiting first."""
    lasts = articles.c.expires.is_(None) | (articles.c.expires > now)
    query = (
        select(articles)
        .where(articles.c.embargoed_until <= now, lasts)
        .order_by(articles.c.embargoed_until)
    )
    return [_state(row) for row in conn.execute(query.limit(limit))]


def add(conn: Connection, state: State) -> None:
    """Store an article that is new."""
    _ADD_ARTICLE.run(conn, **_row(state))


def save(conn: Connection, state: State) -> None:
    """Store how an article stands now."""
    row = _row(state)
    conn.execute(_SAVE, row | {"of": row.pop("id")})


def add_version(
    conn: Connection,
    state: State,
    given: Submission | GivenRetraction | Erasure,
    digest: str,
    *,
    by: str,
    trace: Trace,
) -> None:
    """Store what was handed in for the version at which the article stands."""
    _ADD_VERSION.run(
        conn,
        article_id=str(state.id),
        version=state.version,
        status=state.status,
        submission=given.model_dump_json(exclude_defaults=True),
        digest=digest,
        by=by,
        trace=trace.model_dump_json(),
        received=state.updated,
        released=state.updated if state.released == state.version else None,
    )
    if isinstance(given, Submission) and (given.campaigns or state.version > 1):
        _file_under(conn, state, given.campaigns)


def _file_under(conn: Connection, state: State, campaigns: Sequence[str]) -> None:
    article = str(state.id)
    if state.version > 1:
        conn.execute(delete(article_campaigns).where(article_campaigns.c.article_id == article))
    if campaigns:
        rows = [{"article_id": article, "campaign": slug} for slug in dict.fromkeys(campaigns)]
        conn.execute(insert(article_campaigns), rows)


def mark_version(conn: Connection, state: State) -> None:
    """Note what became of the version at which the article stands."""
    values: dict[str, object] = {"status": state.status}
    if state.released == state.version:
        values["released"] = state.updated
    conn.execute(_MARK_VERSION, values | {"of": str(state.id), "number": state.version})


def mark_waiting(conn: Connection, state: State) -> None:
    """Note that versions which waited will never go out: the article has ended before."""
    conn.execute(
        update(versions)
        .where(
            versions.c.article_id == str(state.id),
            versions.c.version < state.version,
            versions.c.status.in_(["in_review", "embargoed"]),
        )
        .values(status=state.status)
    )


def add_review(conn: Connection, state: State, given: GivenReview, by: str) -> None:
    """Keep what the newsroom decided of the version at which the article stands."""
    conn.execute(
        insert(reviews).values(
            article_id=str(state.id),
            version=state.version,
            decision=given.decision,
            note=given.note,
            by=by,
            at=state.updated,
        )
    )


def last_review(conn: Connection, article: UUID) -> Row[Any] | None:
    """Give `version`, `decision`, `note` and `at` of the newsroom's last decision."""
    query = select(reviews).where(reviews.c.article_id == str(article))
    return conn.execute(query.order_by(reviews.c.seq.desc()).limit(1)).one_or_none()


def versions_before(
    conn: Connection, article: UUID, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """List versions, the newest first; `before` is the last one of the page before."""
    query = select(versions).where(versions.c.article_id == str(article))
    if before is not None:
        query = query.where(versions.c.version < before)
    return conn.execute(query.order_by(versions.c.version.desc()).limit(limit)).all()


def submission_of(conn: Connection, article: UUID, version: int) -> Row[Any]:
    """Give `submission`, `digest` and `trace` of a version that is there, as stored."""
    row = find_version(conn, article, version)
    assert row is not None
    return row


def find_version(conn: Connection, article: UUID, version: int) -> Row[Any] | None:
    """Give a version as stored."""
    return conn.execute(_ONE_VERSION, {"of": str(article), "number": version}).one_or_none()


def has_content(conn: Connection, article: UUID, digest: str) -> bool:
    """Whether some version of the article was handed in with this content."""
    found = select(versions.c.version).where(
        versions.c.article_id == str(article), versions.c.digest == digest
    )
    return conn.execute(found.limit(1)).first() is not None


def last_released(conn: Connection, article: UUID) -> Change:
    """Give what was handed in for the newest version that the world has seen."""
    stored = conn.execute(
        select(versions.c.submission)
        .where(versions.c.article_id == str(article), versions.c.released.is_not(None))
        .order_by(versions.c.version.desc())
        .limit(1)
    ).scalar_one()
    return Change.model_validate_json(stored)


def remembered_answer(conn: Connection, unit: str, key: str) -> tuple[str, str] | None:
    """Give digest and answer of an earlier call under this idempotency key."""
    for digest, answer in _ANSWER.rows(conn, unit=unit, key=key):
        return digest, answer
    return None


def remember_answer(
    conn: Connection, unit: str, key: str, draft: Draft, answer: str, now: datetime
) -> None:
    """Keep the answer for a call that repeats this one."""
    _ADD_ANSWER.run(conn, unit=unit, key=key, digest=draft.digest, answer=answer, created=now)


def forget_answers(conn: Connection, now: datetime) -> None:
    """Forget the answers of more than a week ago."""
    conn.execute(delete(idempotency).where(idempotency.c.created < now - _IDEMPOTENCY_KEPT))


def _state(row: Row[Any]) -> State:
    return State(**row._asdict() | {"id": UUID(row.id)})


def _row(state: State) -> dict[str, Any]:
    return vars(state) | {"id": str(state.id)}
