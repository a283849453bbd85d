"""Which index is read, and how another takes its place."""

import re
import secrets
from dataclasses import dataclass
from typing import Self

from services.archive.cluster.mapping import template
from services.archive.cluster.nodes import Answer, Json, Nodes
from services.archive.engine.contract import EngineFailed
from services.archive.engine.documents import FORMAT
from services.common.ids import new_id

_FIRST = "000001"
_NUMBERED = re.compile(r"\d{6}(-[0-9a-f]{8})?$")


@dataclass(frozen=True)
class Opened:
    """An index by its name, and the id of the line of indexes that it stands in."""

    name: str
    id: str

    @property
    def writer(self) -> str:
        """The alias by which it alone is written, whatever is read: a write by an alias makes no
        index anew that is gone."""
        return f"{self.name}.writer"


@dataclass(frozen=True)
class Indexes:
    """The indexes under one name: one is read and written by `alias`, and at times the next one is
    written too. Archives of another format have another alias, so that old and new ones can run
    side by side while the machines are changed over one by one.

    Calls raise EngineFailed.
    """

    nodes: Nodes
    alias: str

    @classmethod
    def named(cls, nodes: Nodes, name: str) -> Self:
        """Give the indexes of this format below `name`."""
        return cls(nodes, f"{name}-{FORMAT}")

    @property
    def next(self) -> str:
        """The alias of the index that is being made beside."""
        return f"{self.alias}.next"

    def current(self) -> Opened | None:
        """Give the index that is read."""
        answer = self.nodes.call("GET", f"{self.alias}/_mapping")
        if answer.status == 404:
            return None
        [(name, index)] = _done(answer).body.items()
        return Opened(name, index["mappings"]["_meta"]["id"])

    def opened(self) -> Opened:
        """Give the index that is read, after making the first one where there is none."""
        if found := self.current():
            return found
        # Of several archives that start at once one makes it, with its alias in the same step.
        first = f"{self.alias}-{_FIRST}"
        self._make(first, str(new_id()), self.alias)
        if found := self.current():
            return found
        raise EngineFailed(f"{first} is there, and {self.alias} does not mean it")

    def is_making_next(self) -> bool:
        """Whether an index is being made beside."""
        answer = self.nodes.call("HEAD", f"_alias/{self.next}")
        if answer.status == 404:
            return False
        return _done(answer).ok

    def make_next(self) -> Opened:
        """Make the index that is to follow; an unfinished one goes first. When this returns, who
        asks whether there is one is told so by every node."""
        current = self.opened()
        unfinished = self.nodes.call("GET", f"_alias/{self.next}")
        for name in _done(unfinished).body if unfinished.status != 404 else ():
            self.drop(name)
        # A name of its own, so that whoever made the unfinished one does not take this for it.
        name = f"{self.alias}-{self._number(current.name) + 1:06d}-{secrets.token_hex(4)}"
        self._make(name, current.id, self.next)
        return Opened(name, current.id)

    def swap(self, to: Opened) -> None:
        """Have `to`, the next one, read and written in place of the current one, in one step."""
        current = self.opened()
        actions = [
            {"remove": {"index": to.name, "alias": self.next, "must_exist": True}},
            {"remove": {"index": current.name, "alias": self.alias, "must_exist": True}},
            {"add": {"index": to.name, "alias": self.alias}},
        ]
        _done(self.nodes.call("POST", "_aliases", {"actions": actions}))

    def drop(self, name: str) -> None:
        """Delete an index, if it is there."""
        _done(self.nodes.call("DELETE", name, None, {"ignore_unavailable": "true"}))

    def before(self, current: Opened) -> set[str]:
        """List the indexes that were read before the current one."""
        found = _done(self.nodes.call("GET", f"{self.alias}-*/_alias")).body
        ours = (name for name in found if _NUMBERED.match(name.removeprefix(f"{self.alias}-")))
        return {name for name in ours if self._number(name) < self._number(current.name)}

    def check(self, opened: Opened) -> None:
        """Raise EngineFailed unless some machine has all of the index."""
        health = _done(self.nodes.call("GET", f"_cluster/health/{opened.name}")).body
        if health["status"] == "red":
            raise EngineFailed(f"no machine has {opened.name}")

    def refresh(self, opened: Opened) -> None:
        """Have all found that was written."""
        _done(self.nodes.call("POST", f"{opened.name}/_refresh"))

    def _make(self, name: str, id_: str, alias: str) -> None:
        """Make an index unless it is there."""
        _done(self.nodes.call("PUT", f"_index_template/{self.alias}", template(self.alias)))
        body: Json = {
            "aliases": {alias: {}, Opened(name, id_).writer: {}},
            "mappings": {"_meta": {"id": id_}},
        }
        answer = self.nodes.call("PUT", name, body)
        there = not answer.ok and "resource_already_exists" in answer.reason
        if not there and not _done(answer).body["acknowledged"]:
            raise EngineFailed("some nodes do not know of the index yet")

    def _number(self, name: str) -> int:
        return int(name.removeprefix(f"{self.alias}-")[: len(_FIRST)])


def _done(answer: Answer) -> Answer:
    if not answer.ok:
        raise EngineFailed(answer.reason)
    return answer
