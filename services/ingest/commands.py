"""What units and the newsroom can do to articles. Each is one transaction, events included."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection

from schemas.article import PUBLIC
from schemas.events import ArticleEvent, Trace
from services.common.given import refused
from services.common.problems import FieldError, Problem, not_found
from services.common.said import Said, said
from services.ingest import lifecycle, links, store
from services.ingest.access import audit
from services.ingest.erasing import erasure
from services.ingest.lifecycle import State
from services.ingest.likeness import likeness
from services.ingest.likeness.likeness import Alike
from services.ingest.media import records as media
from services.ingest.media import uses as media_uses
from services.ingest.media.hints import unnamed_pictures
from services.ingest.registry import entries as registry
from services.ingest.relaying import outbox
from services.ingest.submission import Change, Draft, GivenRetraction, GivenReview, draft

SCHEDULE = "schedule"
"""Who hands in a version that came with the time, in place of a key."""


@dataclass(frozen=True)
class Call:
    """Who asks, by which request, and when. `unit` is None for the newsroom: any article."""

    unit: str | None
    by: str
    """The key that was used."""
    trace: Trace
    now: datetime
    archive_url: str
    """Where readers find our pictures."""

    @property
    def newsroom(self) -> bool:
        """Whether the newsroom asks, not a unit."""
        return self.unit is None


@dataclass(frozen=True)
class Answer:
    """How the article stands, and whether this call made it."""

    state: State
    created: bool = False
    hints: tuple[Said, ...] = ()
    alike: tuple[Alike, ...] = ()
    """Articles that tell the same."""


_ANSWER = TypeAdapter(Answer)
_DECIDED: dict[str, audit.Action] = {
    "accept": "article.accepted",
    "return": "article.returned",
    "reject": "article.rejected",
}

Stale = Callable[[int], bool]
"""Says of the version at which an article stands whether the caller has seen another."""


def submit(
    conn: Connection,
    call: Call,
    unit: str,
    given: Draft,
    idempotency_key: str | None,
    audience: str = PUBLIC,
) -> Answer:
    """Take in a new article, once: repeated, by key or `external_id`, it is the same article."""
    if idempotency_key and (first := _first_answer(conn, call, unit, given, idempotency_key)):
        return first
    lifecycle.check_audience(audience, given.submission)
    if known := _known(conn, unit, given):
        answer = Answer(known)
    else:
        new = lifecycle.first_state(given, unit, call.now, audience)
        state = _add_version(conn, call, new, given)
        audit.record(conn, call, "article.submitted", f"article:{state.id}", _version(state, given))
        noticed = _noticed(conn, call, state, given)
        answer = Answer(state, created=True, hints=_hints(call, given), alike=noticed)
    if idempotency_key:
        # Not what others call their articles: they may be erased, or the next to ask another.
        alike = tuple(replace(each, headline="") for each in answer.alike)
        stored = _ANSWER.dump_json(replace(answer, alike=alike)).decode()
        store.remember_answer(conn, unit, idempotency_key, given, stored, call.now)
    return answer


def change(conn: Connection, call: Call, article: UUID, given: Draft, stale: Stale) -> Answer:
    """Store a whole new version, unless it is made from a stale one."""
    state = _find_fresh(conn, call, article, stale)
    submission = given.submission
    assert isinstance(submission, Change)
    lifecycle.check_change(state, submission, call.now, newsroom=call.newsroom)
    lifecycle.check_audience(state.audience, submission)
    _refuse_taken_external_id(conn, state, submission.external_id)
    state = _add_version(conn, call, state, given)
    audit.record(conn, call, "article.changed", f"article:{article}", _version(state, given))
    return Answer(state, hints=_hints(call, given))


def retract(conn: Connection, call: Call, article: UUID, given: GivenRetraction) -> State:
    """End an article; again changes nothing. What was never released ends without an event."""
    state = find(conn, call, article)
    if state.ended:
        return state
    ended = lifecycle.retracted_state(state, call.now)
    if ended.published:
        last = store.last_released(conn, article)
        record = lifecycle.retracted_article(ended, last, given)
        outbox.add_article(conn, lifecycle.event_of(record, call.trace))
    store.save(conn, ended)
    store.add_version(conn, ended, given, "", by=call.by, trace=call.trace)
    store.mark_waiting(conn, ended)
    audit.record(conn, call, "article.retracted", f"article:{article}", {"version": ended.version})
    return ended


def erase(conn: Connection, call: Call, article: UUID, reason_code: str) -> State:
    """Forget an article's text everywhere; again changes nothing. What was never released is
    forgotten without an event. What one transaction can't reach, `Eraser` does afterwards."""
    state = find(conn, call, article)
    if state.status == "erased":
        return state
    erased = lifecycle.erased_state(state, call.now)
    record = erasure.record_of(conn, article, reason_code, call.now)
    erasure.forget(conn, state, _ANSWER.dump_json(Answer(erased)).decode(), call.now)
    if erased.published:
        told = lifecycle.erased_article(erased, erasure.released_part(conn, article, record))
        outbox.add_article(conn, lifecycle.event_of(told, call.trace))
        outbox.add_tombstones(conn, article, range(1, erased.version), call.now)
    store.save(conn, erased)
    store.add_version(conn, erased, record, "", by=call.by, trace=call.trace)
    store.mark_waiting(conn, erased)
    audit.record(
        conn,
        call,
        "article.erased",
        f"article:{article}",
        {"version": erased.version, "reason_code": reason_code},
    )
    return erased


def review(conn: Connection, call: Call, article: UUID, given: GivenReview, stale: Stale) -> State:
    """Decide on the version that waits: it goes out, or back to its unit, or nowhere."""
    waiting = _find_fresh(conn, call, article, stale)
    if waiting.status != "in_review":
        raise Problem(
            "conflict",
            said("The article is {status}: nothing waits for review.", status=waiting.status),
        )
    handed_in = _read(store.submission_of(conn, article, waiting.version).submission)
    state = lifecycle.reviewed_state(waiting, handed_in.submission, given.decision, call.now)
    if given.decision == "accept":
        lifecycle.check_times(handed_in.submission, call.now)
    if state.status == "published":
        event = _event(conn, state, handed_in, call.trace, call.archive_url)
        outbox.add_article(conn, event)
    store.save(conn, state)
    store.mark_version(conn, state)
    store.add_review(conn, state, given, call.by)
    audit.record(
        conn, call, _DECIDED[given.decision], f"article:{article}", {"version": state.version}
    )
    return state


def release(conn: Connection, held: State, now: datetime, archive_url: str) -> State:
    """Release an embargoed article, whose time has come."""
    state = lifecycle.released_state(held, now)
    row = store.submission_of(conn, held.id, held.version)
    trace = Trace.model_validate_json(row.trace)
    outbox.add_article(conn, _event(conn, state, _read(row.submission), trace, archive_url))
    store.save(conn, state)
    store.mark_version(conn, state)
    return state


def expire(conn: Connection, over: State, now: datetime, archive_url: str) -> State:
    """End an article whose time is over. What was never released ends without an event."""
    state = lifecycle.expired_state(over, now)
    store.save(conn, state)
    if state.published is None:
        store.mark_version(conn, state)
        return state
    last = store.last_released(conn, over.id)
    trace = Trace.model_validate_json(store.submission_of(conn, over.id, over.version).trace)
    outbox.add_article(conn, _event(conn, state, draft(last), trace, archive_url))
    store.add_version(conn, state, last, "", by=SCHEDULE, trace=trace)
    store.mark_waiting(conn, state)
    return state


def set_aside(conn: Connection, held: State) -> State:
    """Leave an article whose time has come in vain to the newsroom."""
    state = lifecycle.set_aside_state(held)
    store.save(conn, state)
    store.mark_version(conn, state)
    return state


def find(conn: Connection, call: Call, article: UUID) -> State:
    """Find an article of the caller's. Another's looks as if it did not exist."""
    state = store.find(conn, article)
    if state is None or not (call.newsroom or (call.unit == state.unit and state.public)):
        raise not_found()
    return state


def _find_fresh(conn: Connection, call: Call, article: UUID, stale: Stale) -> State:
    state = find(conn, call, article)
    if stale(state.version):
        raise Problem(
            "version-stale",
            said("The article is at version {version} by now.", version=state.version),
        )
    return state


def _read(stored: str) -> Draft:
    return draft(Change.model_validate_json(stored))


def _noticed(conn: Connection, call: Call, state: State, given: Draft) -> tuple[Alike, ...]:
    if given.signature is None or not state.public:
        return ()
    likeness.add(conn, state.id, given.signature)
    return tuple(likeness.alike(conn, state.id, given.signature, call.unit))


def _first_answer(conn: Connection, call: Call, unit: str, given: Draft, key: str) -> Answer | None:
    remembered = store.remembered_answer(conn, unit, key)
    if remembered is None:
        return None
    digest, answer = remembered
    if digest != given.digest:
        raise Problem("invalid", said("This Idempotency-Key was used for another body."))
    first = _ANSWER.validate_json(answer)
    return replace(first, alike=tuple(likeness.told_again(conn, first.alike, call.unit)))


def _known(conn: Connection, unit: str, given: Draft) -> State | None:
    external_id = given.submission.external_id
    known = external_id and store.find_by_external_id(conn, unit, external_id)
    if not known:
        return None
    if not store.has_content(conn, known.id, given.digest):
        raise Problem(
            "conflict",
            said("This `external_id` stands for an article with other content; to change it, PUT."),
            id=str(known.id),
            version=known.version,
        )
    return known


def _refuse_taken_external_id(conn: Connection, state: State, external_id: str | None) -> None:
    if external_id is None or external_id == state.external_id:
        return
    if store.find_by_external_id(conn, state.unit, external_id):
        raise refused([FieldError("/external_id", said("another article has it"), "taken")])


def _add_version(conn: Connection, call: Call, state: State, given: Draft) -> State:
    registry.check_codes(conn, given.submission.column, given.submission.campaigns)
    media.claim(conn, given.submission.media, call.unit, state.unit, call.now)
    lifecycle.check_times(given.submission, call.now)
    links.check(conn, call.unit, state, given.submission)
    trusted = _goes_out(conn, call, state)
    state = lifecycle.next_state(state, given.submission, trusted=trusted, now=call.now)
    # Made for those too that are held: what could not be released must be refused now.
    out = state if state.status == "published" else lifecycle.released_state(state, call.now)
    event = _event(conn, out, given, call.trace, call.archive_url)
    if state.version == 1:
        store.add(conn, state)
    else:
        store.save(conn, state)
    store.add_version(conn, state, given.submission, given.digest, by=call.by, trace=call.trace)
    media_uses.note(conn, state.id, given.submission.media)
    if state.status == "published":
        outbox.add_article(conn, event)
    return state


def _hints(call: Call, given: Draft) -> tuple[Said, ...]:
    named = [item.id for item in given.submission.media]
    return (*given.body.hints, *unnamed_pictures(given.body.html, call.archive_url, named))


def _goes_out(conn: Connection, call: Call, state: State) -> bool:
    edited = call.newsroom and state.version > 0
    # When a unit is closed, the newsroom still answers for what it published.
    trusted = registry.is_trusted(conn, state.unit, even_inactive=edited) or edited
    return lifecycle.goes_out(state, trusted=trusted, newsroom=call.newsroom)


def _version(state: State, given: Draft) -> dict[str, object]:
    return {"version": state.version, "digest": given.digest, "status": state.status}


def _event(
    conn: Connection, state: State, given: Draft, trace: Trace, archive_url: str
) -> ArticleEvent:
    files = media.resolve(conn, given.submission.media, archive_url)
    return lifecycle.event_of(lifecycle.article_of(state, given, files), trace)
