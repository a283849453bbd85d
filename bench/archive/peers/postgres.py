"""PostgreSQL's full text: 'simple' on folded text under GIN, ts_rank_cd over the best terms."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.sql import SQL

from bench.archive.asking import Asked
from bench.archive.peers.peer import CANDIDATES, PAGE, Item

SETTINGS = ("shared_buffers=1GB", "work_mem=128MB", "maintenance_work_mem=512MB", "jit=off")
_TABLE = """
CREATE TABLE news (
    number serial PRIMARY KEY, id uuid NOT NULL, unit text NOT NULL, published timestamptz NOT NULL,
    words tsvector NOT NULL, terms tsvector NOT NULL
)
"""
# Built when all is in: much faster than growing them.
_INDEXES = (
    "CREATE INDEX ON news USING gin (words)",
    "CREATE INDEX ON news USING gin (terms)",
    "CREATE INDEX ON news (published)",
    "CREATE INDEX ON news (unit)",
    "ANALYZE news",
)
Row = tuple[UUID, str, datetime, str, str]


class Postgres:
    """A database of its own."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def prepare(self, batch: Sequence[Item]) -> list[Row]:
        return [
            (
                item.article.id,
                item.article.unit,
                item.article.published,
                item.document.texts["words"],
                # Its parser knows no word with an underscore.
                f"{item.document.texts['words']} {_joined(item.document.texts['pairs'])}",
            )
            for item in batch
        ]

    def create(self) -> None:
        """Make the table."""
        self._connection.execute(_TABLE)

    def index(self, prepared: list[Row]) -> None:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO news (id, unit, published, words, terms) VALUES "
                "(%s, %s, %s, to_tsvector('simple', %s), to_tsvector('simple', %s))",
                prepared,
            )

    def finish(self) -> None:
        for index in _INDEXES:
            self._connection.execute(index)

    def ids(self, found: Sequence[tuple[UUID]]) -> list[UUID]:
        return [id_ for (id_,) in found]

    def best(self, rank: str, terms: Sequence[str]) -> list[tuple[UUID]]:
        """Give what has the terms, by `ts_rank` or `ts_rank_cd`."""
        query = (
            "SELECT id FROM news, to_tsquery('simple', %s) asked WHERE terms @@ asked "
            f"ORDER BY {rank}(terms, asked) DESC LIMIT {CANDIDATES}"
        )
        return self._connection.execute(SQL(query), [" | ".join(map(_joined, terms))]).fetchall()

    def search(self, asked: Asked) -> list[tuple[UUID]]:
        wanted = [" <-> ".join(phrase) for phrase in asked.wanted]
        without = [f"!({words.replace(' ', ' <-> ')})" for words in asked.unwanted]
        conditions = ["words @@ asked"]
        given: list[object] = [" & ".join(f"({each})" for each in wanted + without)]
        for condition, value in (
            ("unit = %s", asked.unit),
            ("published >= %s", asked.since),
            ("published < %s", asked.until),
        ):
            if value is not None:
                conditions.append(condition)
                given.append(value)
        order = "published" if asked.by_time else "ts_rank_cd(words, asked)"
        query = (
            "SELECT id FROM news, to_tsquery('simple', %s) asked "
            f"WHERE {' AND '.join(conditions)} ORDER BY {order} DESC LIMIT {PAGE}"
        )
        return self._connection.execute(SQL(query), given).fetchall()


def _joined(terms: str) -> str:
    return terms.replace("_", "")
