"""What both engines do."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any as Anything
from typing import Protocol
from uuid import UUID

from schemas.events import RegistryEvent
from services.archive.articles.changes import Change
from services.archive.articles.history import History
from services.archive.engine.query import Query
from services.common.resuming import Offsets

Changed = Callable[[Collection[UUID] | None], None]
"""Takes the articles that are not as they were; None where any may be another."""

InWorker = Callable[[Callable[[], Anything]], Awaitable[Anything]]
"""Does something where nobody else writes meanwhile, and gives its answer."""


class EngineFailed(OSError):
    """The engine could not write or answer: nobody's record or question is at fault."""


@dataclass(frozen=True)
class Outcome:
    """What a batch did: an entry for each of its changes."""

    effective: Sequence[bool]
    """Whether it changed anything."""
    held: Sequence[bool]
    """Whether its version is in the index now."""


@dataclass(frozen=True)
class Hit:
    """An article that was found: its `record`, and when it was first published, in microseconds
    since 1970."""

    record: bytes
    score: float
    published: int


@dataclass(frozen=True)
class Sketch:
    """An article that was found and not yet read: its `signature`, when it was first published, in
    microseconds since 1970, and the engine's own mark for its `place`."""

    signature: bytes
    published: int
    place: object


class View(Protocol):
    """One state of an index, which stays as it is while it is asked. Calls raise EngineFailed."""

    def best(self, query: Query, limit: int, passed: int = 0) -> Sequence[Hit]:
        """Give what fits best, leaving out the first `passed`. What fits alike comes in the
        order of `latest`, so that it doesn't matter how the index came about."""

    def sketches(self, query: Query, limit: int) -> Sequence[Sketch]:
        """Give what fits best, unread, of articles that stand."""

    def read(self, sketches: Sequence[Sketch]) -> Sequence[bytes]:
        """Give the records of sketches that this view gave."""

    def latest(self, query: Query, limit: int, after: str | None = None) -> Sequence[Hit]:
        """Give what was published last, `after` a place in that order; scores are 0."""

    def counts(
        self, query: Query, fields: Collection[str], most: int
    ) -> Mapping[str, Mapping[str, int]]:
        """Count the values of exact fields in all that is found, the `most` frequent of each."""

    def total(self, query: Query) -> int:
        """Count what is found."""

    def frequencies(self, field: str, terms: Collection[str]) -> Mapping[str, int]:
        """Say in how many documents each term is; 0 for one that is in none."""

    def vocabulary(
        self, field: str, prefix: str, query: Query, limit: int
    ) -> Sequence[tuple[str, int]]:
        """Give the values of an exact field that begin with `prefix`, counted in what is found:
        the most frequent first, then by value; none that is in nothing that is found."""

    @property
    def documents(self) -> int:
        """In how many documents terms are looked for."""

    def stands(self, article: UUID) -> bytes | None:
        """Give the record that says how an article stands: its newest version, or how it ended."""

    def history(self, article: UUID) -> History:
        """Give an article's versions, as far as they may be known."""

    def registry(self) -> Iterable[bytes]:
        """Give all records of the registry."""


class Rebuild(Protocol):
    """An index that is made from the log's beginning, beside the one that answers.

    Whatever the engine takes meanwhile comes into this one too: so when it has taken all that the
    log held when it began, it lacks nothing. It is written where the engine is.
    """

    def take(self, changes: Sequence[Change]) -> None:
        """Take versions and tombstones, in any order. Raises EngineFailed."""

    def name(self, records: Mapping[str, RegistryEvent | None]) -> None:
        """Take records of the registry, the older ones first. Raises EngineFailed."""

    def swap(self) -> None:
        """Have it answer from now on, with the offsets of the one that did; this one is let go,
        and who has a view of it may go on. Raises EngineFailed: then all stays as it was."""

    def discard(self) -> None:
        """Let go of it, unless it answers by now."""


class Engine(Protocol):
    """Keeps documents. Any thread may ask; one at a time may write."""

    shared: bool
    """Whether other archives write the same index, each from its part of Kafka's partitions."""

    @property
    def id(self) -> str:
        """Of the index and those that follow it by a rebuild: it names their consumer groups. One
        that begins anew has another. Raises EngineFailed where it can't be told yet."""

    @property
    def fault(self) -> str | None:
        """Why it can't write or answer just now, if it can't."""

    @property
    def offsets(self) -> Offsets:
        """How far each partition has been taken, for good. Raises EngineFailed."""

    def take(self, changes: Sequence[Change], offsets: Offsets) -> Outcome:
        """Take versions and tombstones, in any order and as often as they come, and note `offsets`
        with them. When it returns they are kept for good and can be found. Raises EngineFailed."""

    def name(self, records: Mapping[str, RegistryEvent | None], offsets: Offsets) -> None:
        """Take records of the registry by key, None for one that was removed, as `take` does."""

    def view(self) -> View:
        """Give a view of all that was taken."""

    def rebuild(self) -> Rebuild:
        """Begin an index beside; one at a time. Raises EngineFailed."""

    def tell(self, listener: Changed) -> None:
        """Tell `listener` of each change that is taken here, from now on: when views show it, and
        before the call that brought it returns. It may be called from any thread."""

    async def tend(self, in_worker: InWorker) -> None:
        """Do what has to be done beside; run until cancelled. `in_worker` is where it writes."""

    def close(self) -> None:
        """Let go of all. No call may follow."""
