"""What was made from the archive, and is given again until an article that it shows has changed."""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")

_LONGEST = 60.0  # seconds: some of what is shown depends on the clock, a little
_REMEMBERED = 10_000  # articles that changed last


@dataclass(frozen=True)
class Beginning:
    """When something began to be made, in changes and in seconds, and of what beside articles."""

    change: int
    at: float
    basis: object


@dataclass(frozen=True)
class Found(Generic[T]):
    """A value that may be given; where it is `old`, a new one would be better."""

    value: T
    old: bool


@dataclass(frozen=True)
class _Kept(Generic[T]):
    value: T
    size: int
    articles: Collection[UUID]
    began: Beginning


class Kept(Generic[T]):
    """Values by key, the least used go first where there is no room. Any thread may ask.

    An article that changes takes along all that shows it, at once. Once anything else has changed
    (there is a new one, which lists don't show yet), a value is as good as new for `fresh_for`
    seconds after it was made, then old, and gone after `old_for`. `basis` gives what all depends
    on: a value made on another object is not given.
    """

    def __init__(
        self,
        *,
        most: int,
        fresh_for: float,
        old_for: float,
        shared: bool = False,
        basis: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep values of `most` in all, in what `put` counts their size. Where the archive is
        `shared`, others change articles too, and nothing is told of it: all is as good as old."""
        self._most = most
        self._fresh_for = fresh_for
        self._old_for = old_for
        self._shared = shared
        self._basis = basis
        self._clock = clock
        self._lock = Lock()
        self._values: OrderedDict[object, _Kept[T]] = OrderedDict()
        self._size = 0
        self._showing: dict[UUID, set[object]] = {}
        self._change = 0
        self._changed: OrderedDict[UUID, int] = OrderedDict()
        self._forgotten = 0  # the last change of an article that is not remembered any more

    def get(self, key: object) -> Found[T] | None:
        """Give a value that is right, or old but not for long."""
        with self._lock:
            kept = self._values.get(key)
            if kept is None:
                return None
            age = self._clock() - kept.began.at
            is_newest = not self._shared and kept.began.change == self._change
            if age >= (_LONGEST if is_newest else self._old_for) or (
                kept.began.basis is not self._basis()
            ):
                self._drop(key)
                return None
            self._values.move_to_end(key)
            return Found(kept.value, old=not is_newest and age >= self._fresh_for)

    def forget(self, key: object) -> None:
        """Let go of a value."""
        with self._lock:
            self._drop(key)

    def begin(self) -> Beginning:
        """Note where things stand, before something is made from them."""
        with self._lock:
            return Beginning(self._change, self._clock(), self._basis())

    def put(
        self, key: object, value: T, *, size: int, articles: Collection[UUID], began: Beginning
    ) -> bool:
        """Keep a value that shows `articles`; False if one of them changed while it was made."""
        with self._lock:
            if began.basis is not self._basis() or any(
                self._changed.get(each, self._forgotten) > began.change for each in articles
            ):
                return False
            self._drop(key)
            if size > self._most:
                return True
            self._values[key] = _Kept(value, size, articles, began)
            self._size += size
            for each in articles:
                self._showing.setdefault(each, set()).add(key)
            while self._size > self._most:
                self._drop(next(iter(self._values)))
            return True

    def changed(self, articles: Collection[UUID] | None) -> None:
        """Let go of all that shows one of these articles; None: of everything."""
        with self._lock:
            self._change += 1
            if articles is None:
                self._values.clear()
                self._showing.clear()
                self._changed.clear()
                self._size, self._forgotten = 0, self._change
                return
            for each in articles:
                for key in self._showing.get(each, set()).copy():
                    self._drop(key)
                self._changed[each] = self._change
                self._changed.move_to_end(each)
            while len(self._changed) > _REMEMBERED:
                _, self._forgotten = self._changed.popitem(last=False)

    def _drop(self, key: object) -> None:
        kept = self._values.pop(key, None)
        if kept is None:
            return
        self._size -= kept.size
        for each in kept.articles:
            keys = self._showing[each]
            keys.discard(key)
            if not keys:
                del self._showing[each]
