"""What becomes of an article, decided purely: statuses, versions, and the events that follow."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from schemas.article import PUBLIC, Article, Erasure, Media, PubStatus, Retraction
from schemas.events import ArticleEvent, ArticleEventType, Trace
from services.common.given import refused
from services.common.ids import new_id
from services.common.problems import FieldError, Problem
from services.common.said import said
from services.ingest.submission import Change, Draft, GivenRetraction, Submission

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

Decision = Literal["accept", "return", "reject"]

# The article event is the largest thing that we send; Kafka's limit is 1 MiB with its headers.
MAX_EVENT_BYTES = 1_000_000

_MICROSECOND = timedelta(microseconds=1)

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
    genre: str = "news"
    column: str | None = None
    embargoed_until: datetime | None = None
    """None unless it is embargoed."""
    expires: datetime | None = None
    """When what the world sees, or what waits to be seen, ends; None if it doesn't."""
    published: datetime | None = None
    """When its first version was released; None while none was."""
    released: int | None = None
    """The newest version that was released: what the world sees, if a later one waits."""
    audience: str = PUBLIC
    """Who gets it; of schemas.article.Audience. It never changes."""

    @property
    def ended(self) -> bool:
        """Whether nothing may follow."""
        return self.status in ("retracted", "erased")

    @property
    def public(self) -> bool:
        """Whether it is an article like any other; else the newsroom checks a line with it."""
        return self.audience == PUBLIC


def first_state(draft: Draft, unit: str, now: datetime, audience: str = PUBLIC) -> State:
    """Make an article that has no version yet."""
    given = draft.submission
    return State(
        new_id(),
        unit,
        0,
        "in_review",
        given.headline,
        given.external_id,
        now,
        now,
        audience=audience,
    )


def goes_out(state: State, *, trusted: bool, newsroom: bool) -> bool:
    """Say whether a new version needs no review. What waits for one goes on waiting when the
    newsroom edits it: to accept is a step of its own."""
    if not state.public:
        return True  # the newsroom's own, for nobody to read
    if newsroom and state.version:
        return state.status not in ("in_review", "returned", "rejected")
    return trusted


def next_state(state: State, given: Submission, *, trusted: bool, now: datetime) -> State:
    """Say how an article stands with one more version."""
    added = replace(
        state,
        version=state.version + 1,
        headline=given.headline,
        external_id=given.external_id or state.external_id,
        genre=given.genre.value,
        column=given.column,
        updated=_later(state, now),
    )
    status = status_of(given, trusted=trusted, now=now)
    if status != "in_review":
        return _sent_out(added, given, status)
    # What the world sees goes on to stand, and to expire in its own time.
    expires = state.expires if state.published else given.expires
    return replace(added, status=status, embargoed_until=None, expires=expires)


def reviewed_state(state: State, given: Submission, decision: Decision, now: datetime) -> State:
    """Say how an article stands after the newsroom's decision on its newest version."""
    decided = replace(state, updated=_later(state, now))
    match decision:
        case "accept":
            return _sent_out(decided, given, status_of(given, trusted=True, now=now))
        case "return":
            return replace(decided, status="returned")
        case "reject":
            expires = state.expires if state.published else None
            return replace(decided, status="rejected", expires=expires)


def _sent_out(state: State, given: Submission, status: Status) -> State:
    if status == "embargoed":
        return replace(
            state, status=status, embargoed_until=given.embargoed_until, expires=given.expires
        )
    return _published(replace(state, expires=given.expires))


def _published(state: State) -> State:
    return replace(
        state,
        status="published",
        embargoed_until=None,
        published=state.published or state.updated,
        released=state.version,
    )


def released_state(state: State, now: datetime) -> State:
    """Say how an embargoed article stands once its time has come."""
    return _published(replace(state, updated=_later(state, now)))


def retracted_state(state: State, now: datetime) -> State:
    """Say how an article stands once it is taken back."""
    return replace(_next(state, now), status="retracted")


def expired_state(state: State, now: datetime) -> State:
    """Say how an article stands once its time is over: what was released ends by a version of
    its own, what never was just stays where it is."""
    if state.published:
        return replace(_next(state, now), status="expired")
    at = _later(state, now)
    return replace(state, status="expired", embargoed_until=None, expires=None, updated=at)


def set_aside_state(state: State) -> State:
    """Say how an article stands whose time has come in vain."""
    return replace(state, status="in_review", embargoed_until=None, expires=None)


def _next(state: State, now: datetime) -> State:
    """Add a version that ends what stood; it is released only where something was."""
    version = state.version + 1
    return replace(
        state,
        version=version,
        embargoed_until=None,
        expires=None,
        updated=_later(state, now),
        released=version if state.published else None,
    )


def _later(state: State, now: datetime) -> datetime:
    """Give the time of what happens now: after what happened before, whatever the clock says."""
    return max(now, state.updated + _MICROSECOND) if state.version else now


def erased_state(state: State, now: datetime) -> State:
    """Say how an article stands once its text is forgotten."""
    return replace(
        _next(state, now),
        status="erased",
        headline="",
        external_id=state.external_id and erased_id(state.external_id),
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


def check_times(given: Submission, now: datetime) -> None:
    """Raise Problem where `given` is over before it has begun."""
    if given.expires and given.expires <= now:
        raise refused([FieldError("/expires", said("this time has passed"), "expired")])


def check_audience(audience: str, given: Submission) -> None:
    """Raise Problem where a test would take an id that the unit may need."""
    if audience != PUBLIC and given.external_id is not None:
        raise refused([FieldError("/external_id", said("a test has no id of the unit's"), "test")])


def check_change(state: State, change: Change, now: datetime, *, newsroom: bool) -> None:
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
    if state.status == "rejected" and not newsroom:
        raise Problem("conflict", said("The newsroom has rejected the article: that is final."))
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
    """Make the article of the version that `state` releases: usable, or whole but withheld."""
    assert state.published is not None
    content = draft.submission.model_dump(
        exclude={"body", "body_format", "contact", "media", "external_id"}
    )
    return Article(
        **content,
        id=state.id,
        version=state.version,
        pub_status=PubStatus.WITHHELD if state.status == "expired" else PubStatus.USABLE,
        audience=state.audience,
        unit=state.unit,
        body=draft.body.html,
        media=media,
        external_id=state.external_id,
        published=state.published,
        updated=state.updated,
    )


def retracted_article(state: State, last: Submission, given: GivenRetraction) -> Article:
    """Make the version that ends an article: the notice, and nothing of the old text."""
    notice = Retraction(reason=given.reason, notice=given.notice, at=state.updated)
    return _canceled(state, **last.model_dump(include=_ROUTING), retraction=notice)


def erased_article(state: State, erased: Erasure) -> Article:
    """Make the record that stays of an erased article: not even where it was filed."""
    return _canceled(state, erased=erased)


def _canceled(state: State, **left: Any) -> Article:  # noqa: ANN401 - fields of the article
    assert state.published is not None
    return Article(
        **left,
        id=state.id,
        version=state.version,
        pub_status=PubStatus.CANCELED,
        audience=state.audience,
        unit=state.unit,
        headline="",
        body="",
        published=state.published,
        updated=state.updated,
    )


def event_of(article: Article, trace: Trace) -> ArticleEvent:
    """Make the event of a release. Raises Problem where Kafka could not carry it."""
    event = ArticleEvent(
        id=new_id(),
        type=_event_type(article),
        time=article.updated,
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
    if article.withheld:
        return "article.expired"
    return "article.published" if article.updated == article.published else "article.corrected"


def overtakes(article: Article) -> bool:
    """Whether a version goes by `articles.express` too."""
    return article.canceled or (article.urgency == 1 and not article.withheld)
