"""Which feeds are served in an older revision than there is, and which of them come next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from services.syndicate.rendering.feed_store import Feed

# Failures in a row for which the word of what changed waits; then the feed holds up nothing.
_WAITED_FOR = 3


@dataclass
class _Failing:
    """A feed that could not be rendered."""

    since: int
    """The first revision that is not served."""
    failures: int = 0
    aside: bool = True
    """Whether it waits for another attempt, and not to be rendered."""


class Waiting:
    """The feeds that wait to be rendered.

    Those that must not wait come first; of the others the newest and the oldest in turn: a change
    is seen soon while a thousand feeds are rendered anew, and none of them is passed over for ever.
    One that can't be rendered stands aside, until it is to be tried again.
    """

    def __init__(self) -> None:
        self.read = 0
        """Every change up to this revision is known here."""
        self._served: dict[str, int] = {}
        self._since: dict[str, int] = {}  # feed to the first revision not served; oldest first
        self._newest: dict[str, None] = {}  # the same feeds; the one that changed last is last
        self._first: dict[str, None] = {}
        self._failing: dict[str, _Failing] = {}
        self._oldest_next = True

    @property
    def tried(self) -> int:
        """Every change up to this revision is served, or could not be rendered."""
        return next(iter(self._since.values()), self.read + 1) - 1

    @property
    def rendered(self) -> int:
        """Every change up to this revision is served, but in feeds that fail again and again."""
        held = (each.since for each in self._failing.values() if each.failures <= _WAITED_FOR)
        return min(self.tried, min(held, default=self.read + 1) - 1)

    @property
    def hurried(self) -> bool:
        """Whether some wait that must not."""
        return bool(self._first)

    def add(self, changed: Sequence[Feed]) -> None:
        """Have these wait that are not served yet as they are; in the order of their revisions."""
        self.read = max((feed.revision for feed in changed), default=self.read)
        for feed in self.behind(changed):
            if self._stands_aside(feed.name):
                continue
            self._since.setdefault(feed.name, feed.revision)
            self._newest.pop(feed.name, None)
            self._newest[feed.name] = None

    def behind(self, feeds: Iterable[Feed]) -> list[Feed]:
        """Give those of `feeds` that are served in an older revision, or not at all."""
        return [feed for feed in feeds if self._served.get(feed.name, 0) < feed.revision]

    def hurry(self, names: Iterable[str]) -> None:
        """Let those of `names` that wait come first."""
        self._first.update((name, None) for name in names if name in self._since)

    def next(self, most: int, *, in_order: bool) -> Sequence[str]:
        """Say which to render now; they wait until they are served. `in_order` leaves out the
        newest's turn: in a backlog they change all the time."""
        self._oldest_next = in_order or not self._oldest_next
        others = self._since if self._oldest_next else reversed(self._newest)
        # All places but one for those that must not wait.
        return list(dict.fromkeys(islice(chain(islice(self._first, most - 1), others), most)))

    def served(self, name: str, revision: int) -> None:
        """Note that a feed is served as of `revision`, which is not older than what is known."""
        self._served[name] = revision
        self._failing.pop(name, None)
        self._leave(name)

    def failed(self, name: str) -> int:
        """Set a feed aside that could not be rendered; say how often in a row it failed by now."""
        failing = self._failing.setdefault(name, _Failing(self._since[name]))
        failing.failures += 1
        failing.aside = True
        self._leave(name)
        return failing.failures

    def try_again(self, name: str) -> None:
        """Let a feed wait again that was set aside."""
        if self._stands_aside(name):
            failing = self._failing[name]
            failing.aside = False
            waiting = {**self._since, name: failing.since}
            self._since = dict(sorted(waiting.items(), key=lambda each: each[1]))
            self._newest[name] = None

    def _stands_aside(self, name: str) -> bool:
        return name in self._failing and self._failing[name].aside

    def _leave(self, name: str) -> None:
        self._since.pop(name, None)
        self._newest.pop(name, None)
        self._first.pop(name, None)
