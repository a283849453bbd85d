"""What a drill does at ingest and syndicate, with the admin's key."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from stack.door import ask
from stack.drill.texts import RETRACTION
from stack.errors import StackError

_OPEN = ("published", "embargoed")


@dataclass(frozen=True)
class Newsroom:
    """Hands in tests for one partner."""

    ingest: str
    syndicate: str
    key: str
    partner: str

    def name(self) -> str:
        """Give the partner's name. Raises StackError where there is no such partner."""
        url = f"{self.syndicate}/v1/admin/partners/{quote(self.partner)}"
        return str(ask("GET", url, self.key)["name"])

    def first_unit(self) -> str:
        """Name a unit in whose name tests go out. Raises StackError where there is none."""
        units = ask("GET", f"{self.ingest}/v1/admin/units", self.key)["items"]
        for unit in units:
            if unit["active"]:
                return str(unit["code"])
        raise StackError("There is no active unit in whose name a test could go out.")

    def submit(self, unit: str, item: dict[str, Any]) -> dict[str, Any]:
        """Hand in a test."""
        url = f"{self.ingest}/v1/articles?unit={quote(unit)}&audience=partner:{self.partner}"
        answer: dict[str, Any] = ask("POST", url, self.key, item)
        return answer

    def correct(self, article: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
        """Hand in a new version of it."""
        url, version = f"{self.ingest}/v1/articles/{article['id']}", article["version"]
        answer: dict[str, Any] = ask("PUT", url, self.key, item, {"If-Match": f'"{version}"'})
        return answer

    def retract(self, article: str) -> dict[str, Any]:
        """Take it back; again changes nothing."""
        url = f"{self.ingest}/v1/articles/{article}/retraction"
        answer: dict[str, Any] = ask("POST", url, self.key, RETRACTION)
        return answer

    def timeline(self, article: str) -> list[dict[str, Any]]:
        """Give what became of it."""
        url = f"{self.ingest}/v1/articles/{article}/timeline"
        items: list[dict[str, Any]] = ask("GET", url, self.key)["items"]
        return items

    def left_open(self) -> Iterator[str]:
        """List the tests of this partner that are not taken back, those of earlier drills too."""
        for status in _OPEN:
            query = f"audience=partner:{self.partner}&status={status}&limit=200"
            for item in ask("GET", f"{self.ingest}/v1/articles?{query}", self.key)["items"]:
                yield item["id"]
