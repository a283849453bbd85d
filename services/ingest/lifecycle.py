"""What becomes of an article, decided purely: statuses, versions, and the events that follow."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from schemas.article import Article, Erasure, Media, PubStatus, Retraction
from schemas.events import ArticleEvent, ArticleEventType, Trace
from services.common.ids import new_id
from services.common.problems import FieldError, Problem
from services.common.said import said
from services.ingest.submission import Change, Draft, GivenRetraction, Submission, refused

Status = Literal[
    "published",
    "embargoed",
    "in_review",
    "returned",
    "rejected",
    "retracted",
    "expired",
    "erased",
]

# The article event is the largest thing that we send; Kafka's limit is 1 MiB with its headers.
MAX_EVENT_BYTES = 1_000_000

# Of a canceled article only what routes it stays.
_ROUTING = {"language", "genre", "column", "campaigns", "urgency"}


@dataclass(frozen=True)
class State:
    """How an article stands."""

    id: UUID
    unit: str
    version: int
    status: Status
    headline: str
    external_id: str | None
    received: datetime
    updated: datetime
    embargoed_until: datetime | None = None
    published: datetime | None = None
    """When its first version was released; None while none was."""

    @property
    def ended(self) -> bool:
        """Whether nothing may follow."""
        return self.status in ("retracted", "erased")


def first_state(draft: Draft, unit: str, now: datetime) -> State:
    """Make an article that has no version yet."""
    given = draft.submission
    return State(new_id(), unit, 0, "in_review", given.headline, given.external_id, now, now)


def next_state(state: State, given: Submission, *, trusted: bool, now: datetime) -> State:
    """Say how an article stands with one more version."""
    status = status_of(given, trusted=trusted, now=now)
    return replace(
        state,
        version=state.version + 1,
        status=status,
        headline=given.headline,
        external_id=given.external_id or state.external_id,
        updated=now,
        embargoed_until=given.embargoed_until if status == "embargoed" else None,
        published=state.published or (now if status == "published" else None),
    )


def released_state(state: State, now: datetime) -> State:
    """Say how an embargoed article stands once its time has come."""
    return replace(
        state,
        status="published",
        embargoed_until=None,
        updated=now,
        published=state.published or now,
    )


def retracted_state(state: State, now: datetime) -> State:
    """Say how an article stands once it is taken back."""
    return replace(
        state, version=state.version + 1, status="retracted", embargoed_until=None, updated=now
    )


def erased_state(state: State, now: datetime) -> State:
    """Say how an article stands once its text is forgotten."""
    return replace(
        state,
        version=state.version + 1,
        status="erased",
        headline="",
        external_id=state.external_id and erased_id(state.external_id),
        embargoed_until=None,
        updated=now,
    )


def erased_id(external_id: str) -> str:
    """Say what is kept of a unit's own id: enough to know an erased article again when the unit's
    system hands it in once more."""
    return f"erased:{sha256(external_id.encode()).hexdigest()}"


def status_of(submission: Submission, *, trusted: bool, now: datetime) -> Status:
    """Say where a version goes: into the world, under embargo, or before the newsroom."""
    if not trusted:
        return "in_review"
    if submission.embargoed_until and submission.embargoed_until > now:
        return "embargoed"
    return "published"


def check_change(state: State, change: Change, now: datetime) -> None:
    """Raise Problem where `change` may not follow `state`."""
    if state.ended:
        raise Problem(
            "conflict",
            said(
                "The article has ended ({status}): it can't be changed, only be followed by a new "
                "one that names it in `replaces`.",
                status=state.status,
            ),
        )
    if state.published is None:
        return
    errors = []
    if not change.correction_note.strip():
        errors.append(
            FieldError(
                "/correction_note", said("readers must be told what was corrected"), "missing"
            )
        )
    if change.embargoed_until and change.embargoed_until > now:
        errors.append(
            FieldError(
                "/embargoed_until", said("a published article can't be embargoed"), "embargo"
            )
        )
    if errors:
        raise refused(errors)


def article_of(state: State, draft: Draft, media: list[Media]) -> Article:
    """Make the article of the version that `state` releases."""
    assert state.published is not None
    content = draft.submission.model_dump(
        exclude={"body", "body_format", "contact", "media", "external_id"}
    )
    return Article(
        **content,
        id=state.id,
        version=state.version,
        pub_status=PubStatus.USABLE,
        unit=state.unit,
        body=draft.body.html,
        media=media,
        external_id=state.external_id,
        published=state.published,
        updated=state.updated,
    )


def retracted_article(
    state: State, last: Submission, given: GivenRetraction, now: datetime
) -> Article:
    """Make the version that ends an article: the notice, and nothing of the old text."""
    assert state.published is not None
    return Article(
        **last.model_dump(include=_ROUTING),
        id=state.id,
        version=state.version,
        pub_status=PubStatus.CANCELED,
        unit=state.unit,
        headline="",
        body="",
        published=state.published,
        updated=now,
        retraction=Retraction(reason=given.reason, notice=given.notice, at=now),
    )


def erased_article(state: State, erased: Erasure) -> Article:
    """Make the record that stays of an erased article: not even where it was filed."""
    assert state.published is not None
    return Article(
        id=state.id,
        version=state.version,
        pub_status=PubStatus.CANCELED,
        unit=state.unit,
        headline="",
        body="",
        published=state.published,
        updated=erased.at,
        erased=erased,
    )


def event_of(article: Article, trace: Trace, now: datetime) -> ArticleEvent:
    """Make the event of a release. Raises Problem where Kafka could not carry it."""
    event = ArticleEvent(
        id=new_id(),
        type=_event_type(article),
        time=now,
        producer="ingest",
        trace=trace,
        article=article,
    )
    if len(event.to_bytes()) > MAX_EVENT_BYTES:
        most = said("Made safe, the article is over {most:,} bytes.", most=MAX_EVENT_BYTES)
        raise Problem("too-large", most)
    return event


def _event_type(article: Article) -> ArticleEventType:
    if article.erased:
        return "article.erased"
    if article.canceled:
        return "article.retracted"
    return "article.published" if article.updated == article.published else "article.corrected"


def overtakes(article: Article) -> bool:
    """Whether a version goes by `articles.express` too."""
    return article.canceled or article.urgency == 1
