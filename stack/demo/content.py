"""What the demo brings along, and how it becomes what ingest takes. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

Entry = dict[str, Any]

# What says how to make a submission, and is not in it.
_INSTRUCTIONS = {"unit", "embargo_seconds"}


@dataclass(frozen=True)
class Content:
    """Everything, in the order in which it is handed in."""

    registry: dict[str, list[Entry]]
    """`units`, `columns` and `campaigns`, by the last part of their address."""
    articles: list[Entry]
    corrections: list[Entry]
    retractions: list[Entry]

    def article(self, external_id: str) -> Entry:
        """Find an article by the name that corrections and retractions use."""
        return next(a for a in self.articles if a["external_id"] == external_id)


def read_content() -> Content:
    """Read the files that lie beside this module."""
    return Content(registry=_read("registry.toml"), **_read("articles.toml"))


def submission(
    article: Entry, pictures: Mapping[str, str], ids: Mapping[str, str], now: datetime
) -> Entry:
    """Make the submission of an article: names become the ids they stand for, delays times."""
    given: Entry = {"body_format": "markdown"} | _without(article, _INSTRUCTIONS)
    if "media" in article:
        given["media"] = [
            {"id": pictures[item["picture"]]} | _without(item, {"picture"})
            for item in article["media"]
        ]
    if "translation_of" in article:
        given["translation_of"] = ids[article["translation_of"]]
    if "embargo_seconds" in article:
        until = now + timedelta(seconds=article["embargo_seconds"])
        given["embargoed_until"] = until.isoformat()
    return given


def corrected(given: Entry, correction: Entry) -> Entry:
    """Make the whole new version that a correction asks for."""
    return given | _without(correction, {"article"})


def retraction(entry: Entry) -> Entry:
    """Give what ingest is told when an article ends."""
    return _without(entry, {"article"})


def _without(entry: Entry, names: set[str]) -> Entry:
    return {name: value for name, value in entry.items() if name not in names}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
