"""Fragments that were cut lately, for all partners: most of them have the same articles."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from schemas.partner import Format

_MOST_BYTES = 64 * 1024 * 1024  # some 10,000 fragments


class Which(NamedTuple):
    """A version in a format."""

    format: Format
    article: UUID
    version: int


@dataclass(frozen=True)
class Cut:
    """A version written down, and when it was released."""

    body: bytes
    updated: datetime


class Cuts:
    """Remembers fragments, as long as no name in them changes. Used by several threads."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._cuts: OrderedDict[Which, Cut] = OrderedDict()  # that which was used last is last
        self._bytes = 0
        self._names = 0
        self._forgotten = 0

    def known(self, names: int, wanted: Iterable[Which]) -> tuple[dict[Which, Cut], int]:
        """Give those of the wanted that are remembered, written with the names of that number, and
        a word for `keep`."""
        with self._lock:
            if names != self._names:
                self._names = names
                self._drop(list(self._cuts))
            found = {which: self._cuts[which] for which in wanted if which in self._cuts}
            for which in found:
                self._cuts.move_to_end(which)
            return found, self._forgotten

    def keep(self, names: int, word: int, made: Mapping[Which, Cut]) -> None:
        """Remember what was made of what was read after `known`; nothing, if something had to be
        forgotten meanwhile: it could be among it."""
        with self._lock:
            if (names, word) != (self._names, self._forgotten):
                return
            self._drop([which for which in made if which in self._cuts])
            self._cuts.update(made)
            self._bytes += sum(len(cut.body) for cut in made.values())
            while self._bytes > self._most_bytes:
                self._drop([next(iter(self._cuts))])

    def forget(self, articles: Collection[UUID]) -> None:
        """Remember nothing of these."""
        if articles:
            with self._lock:
                self._forgotten += 1
                self._drop([which for which in self._cuts if which.article in articles])

    def _drop(self, some: Iterable[Which]) -> None:
        for which in some:
            self._bytes -= len(self._cuts.pop(which).body)
