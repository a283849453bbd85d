"""What ingest knows of articles, to and from its tables."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from schemas.article import Erasure
from schemas.events import Trace
from services.common.prepared import Prepared
from services.ingest.lifecycle import State, erased_id
from services.ingest.submission import Change, Draft, GivenRetraction, Submission
from services.ingest.tables import articles, idempotency, versions

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


def newest(
    conn: Connection, unit: str | None, status: str | None, before: UUID | None, limit: int
) -> list[State]:
    """List articles, the newest first; `before` is the last one of the page before."""
    query = select(articles).order_by(articles.c.id.desc()).limit(limit)
    if unit is not None:
        query = query.where(articles.c.unit == unit)
    if status is not None:
        query = query.where(articles.c.status == status)
    if before is not None:
        query = query.where(articles.c.id < str(before))
    return [_state(row) for row in conn.execute(query)]


def embargoed_until(conn: Connection, now: datetime, limit: int) -> Sequence[State]:
    """List embargoed articles whose time has come, the longest waiting first."""
    query = (
        select(articles)
        .where(articles.c.status == "embargoed", articles.c.embargoed_until <= now)
        .order_by(articles.c.embargoed_until)
        .limit(limit)
    )
    return [_state(row) for row in conn.execute(query)]


def add(conn: Connection, state: State) -> None:
    """Store an article that is new."""
    _ADD_ARTICLE.run(conn, **_row(state))


def save(conn: Connection, state: State) -> None:
    """Store how an article stands now."""
    conn.execute(update(articles).where(articles.c.id == str(state.id)).values(**_row(state)))


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
        released=state.updated if state.published and state.status != "in_review" else None,
    )


def mark_released(conn: Connection, state: State) -> None:
    """Note that the version at which the article stands was released later than it came."""
    conn.execute(
        update(versions)
        .where(versions.c.article_id == str(state.id), versions.c.version == state.version)
        .values(status=state.status, released=state.updated)
    )


def submission_of(conn: Connection, article: UUID, version: int) -> Row[Any]:
    """Give `submission`, `digest` and `trace` of a version, as stored."""
    return conn.execute(
        select(versions).where(versions.c.article_id == str(article), versions.c.version == version)
    ).one()


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
