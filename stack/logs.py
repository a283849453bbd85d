"""Log lines of all services as one story: read, merged by time, kept by article, rendered."""

import heapq
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum, auto
from pathlib import Path
from typing import Any

import typer


class Source(StrEnum):
    """Whose lines there are."""

    INGEST = auto()
    SYNDICATE = auto()
    ARCHIVE = auto()
    STACK = auto()


_PLACED = ("timestamp", "service", "level", "event", "exception")
_COLOURS = {"warning": "yellow", "error": "red", "critical": "red", "debug": "bright_black"}


@dataclass(frozen=True)
class Line:
    """One line: as it was written, and what it says."""

    raw: str
    timestamp: str
    fields: dict[str, Any] = field(default_factory=dict)


def parse(raw: str, after: str = "") -> Line:
    """Read a line; one that isn't ours keeps its place, right after the time `after`."""
    try:
        fields = json.loads(raw)
        return Line(raw, fields["timestamp"], fields)
    except (ValueError, KeyError, TypeError):
        return Line(raw, after, {"event": raw})


def parse_all(lines: Iterable[str]) -> Iterator[Line]:
    """Read the lines of one source, in the order in which they were written."""
    timestamp = ""
    for raw in lines:
        line = parse(raw, after=timestamp)
        timestamp = line.timestamp
        yield line


def merge(sources: Iterable[Iterable[Line]]) -> Iterator[Line]:
    """Merge sources that are each in time order: RFC 3339 in UTC sorts as text."""
    return heapq.merge(*sources, key=lambda line: line.timestamp)


class ArticleFilter:
    """Keeps the lines on one article, and those of the requests that were about it."""

    def __init__(self, article: str) -> None:
        self._article = article
        self._requests: set[str] = set()

    def learn(self, line: Line) -> None:
        """Remember the request of a line on the article."""
        request = line.fields.get("request_id")
        if request and line.fields.get("article") == self._article:
            self._requests.add(request)

    def keeps(self, line: Line) -> bool:
        """Whether the line belongs; a batch's lines on other articles don't."""
        article = line.fields.get("article")
        if article is not None:
            return bool(article == self._article)
        return line.fields.get("request_id") in self._requests


def rotated_files(directory: Path, source: str) -> list[Path]:
    """Give a source's older files, the oldest first: `X.log.2`, `X.log.1`."""
    rotated = [path for path in directory.glob(f"{source}.log.*") if path.suffix[1:].isdigit()]
    return sorted(rotated, key=lambda path: -int(path.suffix[1:]))


def readable(line: Line) -> str:
    """Render a line for a terminal."""
    fields = line.fields
    level = str(fields.get("level", ""))
    head = (
        typer.style(line.timestamp[:23].replace("T", " "), dim=True),
        typer.style(f"{fields.get('service', '')!s:<9}", fg="cyan"),
        typer.style(f"{level:<7}", fg=_COLOURS.get(level)),
        typer.style(_printable(fields.get("event", "")), bold=True),
    )
    rest = (f"{key}={_printable(fields[key])}" for key in fields if key not in _PLACED)
    trace = f"\n{fields['exception']}" if "exception" in fields else ""
    return " ".join((*head, *rest)) + trace


def _printable(value: object) -> str:
    """Escape what could move a terminal's cursor: some values come from outside."""
    text = str(value)
    return text if text.isprintable() else repr(text)


def raw(line: Line) -> str:
    """Give a line as it was written, for other programs."""
    return line.raw
