"""How many calls may be begun, so that one busy host leaves places to the others. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol


class Claimed(Protocol):
    """A row that was taken, or may be."""

    @property
    def seq(self) -> int:
        """Its number."""

    @property
    def host(self) -> str:
        """Whose places it takes."""


@dataclass(frozen=True)
class Room:
    """How much may be begun: so many in all, and so many for one host, with what runs."""

    places: int
    per_host: int
    running: Collection[int]
    """What runs here, by number."""
    hosts: Counter[str]
    """How much of that goes to each host."""

    def fitting(self, due: Iterable[Claimed]) -> list[int]:
        """Choose in order; who waits for a busy host holds up no other."""
        hosts = self.hosts.copy()
        chosen: list[int] = []
        for row in due:
            if len(chosen) < self.places and hosts[row.host] < self.per_host:
                hosts[row.host] += 1
                chosen.append(row.seq)
        return chosen
