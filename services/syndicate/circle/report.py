"""The report on a retraction: who had the article, who took it down, who didn't. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.common.said import Said, said
from services.common.translation import translated
from services.syndicate.circle.cases import (
    Acknowledged,
    Deadline,
    Place,
    Sent,
    Status,
    Told,
    is_late,
    sentence_of,
    sighting_of,
    status_of,
)
from services.syndicate.circle.deadlines import State
from services.syndicate.circle.sightings import Seen

_WORST_FIRST = list(Status)


@dataclass(frozen=True)
class Case:
    """All that we know of one partner."""

    partner: str
    name: str
    feed_at: datetime | None
    """When it was given its feed last."""
    asked: Deadline
    told: Sequence[Told]
    sent: Sequence[Sent]
    said: Sequence[Acknowledged]
    places: Sequence[Place]

    @property
    def status(self) -> Status:
        """How it stands."""
        return status_of(self.asked, self.places)

    @property
    def stands(self) -> bool:
        """Whether we saw the text, when we looked last."""
        return any(place.seen is Seen.STANDING for place in self.places)


class SeenPlace(Place):
    """A place, and what was seen there in a sentence."""

    sentence: str


class Item(BaseModel):
    """A partner that had the article."""

    partner: str
    name: str
    status: Status
    sentence: str
    asked: Deadline
    late: bool
    """Whether it was done after its time."""
    feed_at: datetime | None
    """When it was given its feed last."""
    told: list[Told]
    sent: list[Sent]
    acknowledgements: list[Acknowledged]
    places: list[SeenPlace]


class Counts(BaseModel):
    """How many partners; one may count in several."""

    had: int
    acknowledged: int
    """Those that said anything of the retraction."""
    done: int
    late: int
    """Of those that are done."""
    open: int
    overdue: int
    refused: int
    standing: int
    """Where the text was seen when we looked last, whatever the partner says."""
    gone: int
    """Where it was not there any more, at every place."""


class Report(BaseModel):
    """How the retraction of an article goes, partner by partner, the worst first."""

    id: UUID
    version: int
    retracted: datetime
    summary: str
    counts: Counts
    items: list[Item]


def report(article: UUID, version: int, retracted: datetime, cases: Sequence[Case]) -> Report:
    """Put the report together, in the caller's language."""
    counts = _counts(cases)
    return Report(
        id=article,
        version=version,
        retracted=retracted,
        summary=translated(_summary(counts)),
        counts=counts,
        items=[_item(case) for case in sorted(cases, key=_badness)],
    )


def _badness(case: Case) -> tuple[int, bool, datetime, str]:
    rank = _WORST_FIRST.index(case.status)
    return rank, not case.stands, case.asked.deadline, case.partner


def _counts(cases: Sequence[Case]) -> Counts:
    statuses = [case.status for case in cases]
    done = [case for case in cases if case.asked.state is State.DONE]
    return Counts(
        had=len(cases),
        acknowledged=sum(case.asked.word is not None for case in cases),
        done=len(done),
        late=sum(is_late(case.asked) for case in done),
        open=len(cases) - len(done),
        overdue=sum(case.asked.state is State.OVERDUE for case in cases),
        refused=statuses.count(Status.REFUSED),
        standing=sum(case.stands for case in cases),
        gone=sum(
            bool(case.places) and all(place.seen is Seen.GONE for place in case.places)
            for case in cases
        ),
    )


def _summary(counts: Counts) -> Said:
    if not counts.had:
        return said("No partner ever had the article.")
    return said(
        "Partners that had it: {had}. Took it down, as they say: {done}. Still open: {open}; of "
        "these overdue: {overdue}, refused: {refused}. The text was seen to stand at: {standing}.",
        **counts.model_dump(include={"had", "done", "open", "overdue", "refused", "standing"}),
    )


def _item(case: Case) -> Item:
    return Item(
        partner=case.partner,
        name=case.name,
        status=case.status,
        sentence=translated(sentence_of(case.status, case.asked)),
        asked=case.asked,
        late=is_late(case.asked),
        feed_at=case.feed_at,
        told=list(case.told),
        sent=list(case.sent),
        acknowledgements=list(case.said),
        places=[
            SeenPlace(**place.model_dump(), sentence=translated(sighting_of(place)))
            for place in case.places
        ],
    )
