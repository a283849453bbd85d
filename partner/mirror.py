"""A folder that holds what the partner was told, an article a file.

It is built from `changes`, from webhooks, or from both: in any order, as often as it comes. It may
be killed at any time: a file is whole or not there, and what was told but not noted is told again.
One process, and one thread of it, may write to it at a time.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from partner.entry import Entry, Invalid, read_entry
from partner.known import Known


def replaces(held: Entry | None, entry: Entry) -> bool:
    """Whether an entry is to be taken over: the newest of its article is. One that was superseded
    has nothing to say. The same again mends a file that was damaged."""
    if entry.superseded is not None:
        return False
    return held is None or entry.seq >= held.seq


class Mirror:
    """`articles/ID.json`, the newest entry of each article, also of one that was taken down; and
    `state.json`, which seq are known."""

    def __init__(self, folder: Path) -> None:
        self._articles = folder / "articles"
        self._state = folder / "state.json"
        self._articles.mkdir(parents=True, exist_ok=True)
        self.known = _read_known(self._state)

    @property
    def after(self) -> int:
        """The seq to ask `changes` with: all up to it are known."""
        return self.known.after

    def apply(self, entries: Iterable[Entry]) -> list[Entry]:
        """Take entries over; return once they are safe. Give those that changed something: put up
        what `stands` of them, take down the others."""
        taken, seqs = [], []
        for entry in entries:
            held = self.held(entry.id)
            if replaces(held, entry) and entry.as_json() != (held and held.as_json()):
                _write(self._articles / f"{entry.id}.json", entry.as_json())
                taken.append(entry)
            seqs.append(entry.seq)
        # The note must not be on the disk before what it speaks of.
        _sync_folder(self._articles)
        self.known = self.known.plus(seqs)
        _write(self._state, {"known": self.known.ranges})
        _sync_folder(self._state.parent)
        return taken

    def held(self, article: str) -> Entry | None:
        """Give the newest entry of an article; nothing if there is none that can be read."""
        return _read_entry(self._articles / f"{article}.json")

    def all_held(self) -> Iterator[tuple[str, Entry | None]]:
        """Give the name of each file and what it holds; nothing for one that can't be read."""
        for file in sorted(self._articles.glob("*.json")):
            yield file.stem, _read_entry(file)

    def standing(self) -> Iterator[Entry]:
        """Give the articles to be shown."""
        return (entry for _, entry in self.all_held() if entry and entry.stands)


def _read_entry(file: Path) -> Entry | None:
    try:
        return read_entry(json.loads(file.read_bytes()))
    except (FileNotFoundError, ValueError):  # Invalid and JSON's errors are among these
        return None


def _read_known(file: Path) -> Known:
    """Give nothing for a file that is not there: all is then told again, to no harm."""
    try:
        ranges = json.loads(file.read_bytes())["known"]
        return Known(tuple((int(first), int(last)) for first, last in ranges))
    except FileNotFoundError:
        return Known()
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(f"{file} can't be read: {error}; without it all is told again") from error


def _write(file: Path, values: dict[str, Any]) -> None:
    """Put a whole file in the place of another. The name of the draft is always the same, so one
    that was left behind is written over, and no reader takes it for an article."""
    draft = file.with_suffix(".draft")
    with draft.open("wb") as out:
        out.write(json.dumps(values, ensure_ascii=False).encode())
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
