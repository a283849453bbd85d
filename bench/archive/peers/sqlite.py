"""SQLite FTS5: the same folded words and pairs in two columns, bm25() over the best terms ORed."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from bench.archive.asking import Asked
from bench.archive.peers.peer import CANDIDATES, PAGE, Item
from services.common.instants import microseconds

_TABLES = """
CREATE VIRTUAL TABLE news USING fts5(
    words, pairs, content='', tokenize="unicode61 remove_diacritics 2 tokenchars '_'"
);
CREATE TABLE article (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, unit TEXT NOT NULL, published INTEGER NOT NULL
);
CREATE INDEX by_time ON article (published);
"""
Row = tuple[int, str, str, int, str, str]


class Sqlite:
    """A database in a file, which is there or is made."""

    def __init__(self, file: Path) -> None:
        made = file.exists()
        self._database = sqlite3.connect(file)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA cache_size = -256000")
        self._database.execute("PRAGMA mmap_size = 4000000000")
        if not made:
            self._database.executescript(_TABLES)
        self._next = 1

    def prepare(self, batch: Sequence[Item]) -> list[Row]:
        rows = [
            (
                self._next + at,
                str(item.article.id),
                item.article.unit,
                microseconds(item.article.published),
                item.document.texts["words"],
                item.document.texts["pairs"],
            )
            for at, item in enumerate(batch)
        ]
        self._next += len(rows)
        return rows

    def index(self, prepared: list[Row]) -> None:
        self._database.executemany(
            "INSERT INTO news (rowid, words, pairs) VALUES (?, ?, ?)",
            [(number, words, pairs) for number, _, _, _, words, pairs in prepared],
        )
        self._database.executemany(
            "INSERT INTO article VALUES (?, ?, ?, ?)", [row[:4] for row in prepared]
        )
        self._database.commit()

    def finish(self) -> None:
        self._database.execute("INSERT INTO news (news) VALUES ('optimize')")
        self._database.commit()

    def ids(self, found: Sequence[tuple[int]]) -> list[UUID]:
        named = "SELECT id FROM article WHERE number = ?"
        return [UUID(self._database.execute(named, row).fetchone()[0]) for row in found]

    def best(self, rank: str, terms: Sequence[str]) -> list[tuple[int]]:
        """Give what has the terms, by bm25(), which is FTS5's `rank`."""
        assert rank == "bm25"
        return self._database.execute(
            "SELECT rowid FROM news WHERE news MATCH ? ORDER BY rank LIMIT ?",
            (" OR ".join(f'"{term}"' for term in terms), CANDIDATES),
        ).fetchall()

    def search(self, asked: Asked) -> list[tuple[int]]:
        match = " AND ".join(f'words : "{" ".join(phrase)}"' for phrase in asked.wanted)
        for words in asked.unwanted:
            match = f'({match}) NOT words : "{words}"'
        conditions, given = ["news MATCH ?"], [match]
        for condition, value in (
            ("unit = ?", asked.unit),
            ("published >= ?", asked.since and microseconds(asked.since)),
            ("published < ?", asked.until and microseconds(asked.until)),
        ):
            if value is not None:
                conditions.append(condition)
                given.append(value)  # type: ignore[arg-type]
        order = "published DESC" if asked.by_time else "rank"
        return self._database.execute(
            "SELECT news.rowid FROM news JOIN article ON number = news.rowid "
            f"WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {PAGE}",
            given,
        ).fetchall()
