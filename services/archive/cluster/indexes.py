"""Which index is read, and how another takes its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from services.archive.cluster.mapping import template
from services.archive.cluster.nodes import Answer, Json, Nodes
from services.archive.engine.contract import EngineFailed
from services.archive.engine.documents import FORMAT

_FIRST = "000001"
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Opened:
    """An index by its name, and the id that it got when it was made."""

    name: str
    id: str

    @property
    def writer(self) -> str:
        """The alias by which it is written: no write makes an index anew that is gone."""
        return f"{self.name}.writer"


@dataclass(frozen=True)
class Indexes:
    """The indexes under one name. Archives of another format read by another alias, so that old
    and new ones can run side by side while the machines are changed over one by one.

    Calls raise EngineFailed.
    """

    nodes: Nodes
    alias: str

    @classmethod
    def named(cls, nodes: Nodes, name: str) -> Self:
        """Give the indexes of this format below `name`."""
        return cls(nodes, f"{name}-{FORMAT}")

    def current(self) -> Opened:
        """Give the index that is read, after making the first one where there is none."""
        name = self._current_name()
        if name is None:
            self._call("PUT", f"_index_template/{self.alias}", template(self.alias))
            # Of several archives that start at once one makes it, with its alias in the same step.
            self._make(f"{self.alias}-{_FIRST}", {self.alias: {}})
            name = self._current_name()
        if name is None:
            raise EngineFailed(f"{self.alias}-{_FIRST} is there, and not what {self.alias} means")
        return self._opened(name)

    def check(self, opened: Opened) -> None:
        """Raise EngineFailed unless some machine has the index."""
        health = self._call("GET", f"_cluster/health/{opened.name}").body["status"]
        if health == "red":
            raise EngineFailed(f"no machine has {opened.name}")

    def make_next(self) -> Opened:
        """Make the index that is to follow the one that is read; an unfinished one goes first."""
        current = self.current().name
        number = int(current.rpartition("-")[2]) + 1
        name = f"{self.alias}-{number:06d}"
        self.drop(name)
        self._call("PUT", f"_index_template/{self.alias}", template(self.alias))
        self._make(name, {})
        return self._opened(name)

    def swap(self, to: Opened) -> str:
        """Have `to` read in place of the current one, in one step; give that one's name."""
        current = self.current().name
        actions = [
            {"remove": {"index": current, "alias": self.alias, "must_exist": True}},
            {"add": {"index": to.name, "alias": self.alias}},
        ]
        self._call("POST", "_aliases", {"actions": actions})
        return current

    def drop(self, name: str) -> None:
        """Delete an index, if it is there."""
        self._call("DELETE", name, None, {"ignore_unavailable": "true"})

    def _make(self, name: str, aliases: Json) -> None:
        answer = self.nodes.call("PUT", name, {"aliases": {**aliases, f"{name}.writer": {}}})
        if not answer.ok and "resource_already_exists" not in answer.reason:
            raise EngineFailed(answer.reason)

    def _current_name(self) -> str | None:
        answer = self.nodes.call("GET", f"_alias/{self.alias}")
        return next(iter(answer.body)) if answer.ok else None

    def _opened(self, name: str) -> Opened:
        settings = self._call("GET", f"{name}/_settings/index.uuid").body
        return Opened(name, settings[name]["settings"]["index"]["uuid"])

    def _call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        parameters: Mapping[str, str] = _NONE,
    ) -> Answer:
        answer = self.nodes.call(method, path, body, parameters)
        if not answer.ok:
            raise EngineFailed(answer.reason)
        return answer
