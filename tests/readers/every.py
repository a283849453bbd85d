"""Every reader that reads our feeds in tests, by name, and the formats that it knows."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.readers.jars import class_path
from tests.readers.parsed import Feedparser
from tests.readers.programs import Newsboat, Rss2email, Rsstail, Sfeed, run
from tests.readers.shown import Item, items_of

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
GOFEED = HERE / "go" / "build" / "gofeed"


class Reads(Protocol):
    """A reader with its memory, if it has one."""

    def read(self, url: str) -> list[Item]:
        """Fetch a feed and give what is shown."""


@dataclass(frozen=True)
class Reader:
    """How to get a reader, and what it can be given."""

    name: str
    forms: tuple[str, ...]
    make: Callable[[Path], Reads]


@dataclass(frozen=True)
class Library:
    """A library in another language, by a program that prints JSON; it remembers nothing."""

    command: tuple[str | Path, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    def read(self, url: str) -> list[Item]:
        return items_of(run(*self.command, url, **self.environment))


def _rome(_: Path) -> Reads:
    program = (sys.executable, "-m", "tests.readers.rome")
    return Library(program, {"PYTHONPATH": str(ROOT), "CLASSPATH": class_path()})


def _node(library: str) -> Callable[[Path], Reads]:
    return lambda _: Library(("node", HERE / "node" / "read.mjs", library))


READERS = (
    Reader("feedparser", ("rss", "atom"), Feedparser),
    Reader("newsboat", ("rss", "atom"), Newsboat),
    Reader("sfeed", ("rss", "atom"), Sfeed),
    Reader("rsstail", ("rss", "atom"), Rsstail),
    Reader("rss2email", ("rss", "atom"), Rss2email),
    Reader("rome", ("rss", "atom"), _rome),
    Reader("rss-parser", ("rss", "atom"), _node("rss-parser")),
    Reader("feedsmith", ("rss", "atom", "json"), _node("feedsmith")),
    Reader("gofeed", ("rss", "atom", "json"), lambda _: Library((GOFEED,))),
)

# gofeed is compiled for a minute: `make readers` does that and asks for all.
AT_HAND = tuple(
    reader for reader in READERS if reader.name != "gofeed" or os.environ.get("READERS") == "all"
)
