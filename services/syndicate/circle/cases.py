"""How the retraction of an article goes at one partner. Pure."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel

from schemas.partner import Kind
from services.common.said import Said, said
from services.syndicate.circle.deadlines import State
from services.syndicate.circle.sightings import Seen
from services.syndicate.circle.words import Word


class Status(StrEnum):
    """How it stands; the worst first."""

    REFUSED = "refused"
    OVERDUE = "overdue"
    STANDING = "standing"
    """The partner says that it took the text down, but there it is."""
    WAITING = "waiting"
    DONE = "done"


class Told(BaseModel):
    """An entry that the partner was told."""

    seq: int
    version: int
    kind: Kind
    at: datetime
    pulled: bool
    """Whether `changes` has given it to the partner."""


class Sent(BaseModel):
    """What became of a version by one way by which the partner is pushed to."""

    way: str | None
    """Its kind; nothing where the newsroom has removed it."""
    version: int
    state: str
    times: int
    at: datetime | None
    """When it came to its end, the last time."""


class Acknowledged(BaseModel):
    """What the partner said of a version, or the newsroom in its name."""

    version: int
    state: Word
    url: str | None
    by: str
    at: datetime


class Place(BaseModel):
    """Where the partner says that it stands, and what we saw there last."""

    url: str
    seen: Seen | None
    seen_at: datetime | None
    detail: str
    look_at: datetime | None
    """When we look again."""


class Deadline(BaseModel):
    """What is asked of the partner, and its answer."""

    state: State
    since: datetime
    deadline: datetime
    word: Word | None
    word_at: datetime | None
    pulled_at: datetime | None


def is_late(asked: Deadline) -> bool:
    """Whether it was done after its time."""
    done_at = asked.word_at if asked.state is State.DONE else None
    return done_at is not None and done_at > asked.deadline


def status_of(asked: Deadline, places: Sequence[Place]) -> Status:
    """Say how it stands."""
    if asked.state is State.DONE:
        standing = any(place.seen is Seen.STANDING for place in places)
        return Status.STANDING if standing else Status.DONE
    if asked.word is Word.REFUSED:
        return Status.REFUSED
    return Status.OVERDUE if asked.state is State.OVERDUE else Status.WAITING


def sentence_of(status: Status, asked: Deadline) -> Said:
    """Say it in words."""
    deadline = told_time(asked.deadline)
    match status:
        case Status.REFUSED:
            return said(
                "It refuses to take it down; its time ends at {deadline}.", deadline=deadline
            )
        case Status.OVERDUE:
            return said(
                "It has not said that it took it down; its time was over at {deadline}.",
                deadline=deadline,
            )
        case Status.STANDING:
            return said("It says that it took it down, but the text still stands.")
        case Status.WAITING:
            return said("It has until {deadline} to take it down.", deadline=deadline)
        case Status.DONE if is_late(asked):
            return said("It says that it took it down, late.")
        case Status.DONE:
            return said("It says that it took it down.")


def sighting_of(place: Place) -> Said:
    """Say what was seen there."""
    found = {"url": place.url, "at": told_time(place.seen_at)}
    match place.seen:
        case Seen.STANDING:
            return said("The text still stands at {url} (seen at {at}).", **found)
        case Seen.GONE:
            return said("The text was not there any more at {url} (looked at {at}).", **found)
        case Seen.UNCLEAR:
            return said("At {url} it can't be told whether it is gone (looked at {at}).", **found)
        case Seen.UNREACHABLE:
            return said("Nothing could be read at {url} (tried at {at}).", **found)
        case None:
            return said("Nobody has looked yet at {url}.", url=place.url)


def told_time(at: datetime | None) -> str:
    """Write a time for people."""
    return at.isoformat(timespec="seconds") if at else ""
