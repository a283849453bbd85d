"""Statements that each submission needs, handed to the driver itself: SQLAlchemy takes some 100 µs
to run a statement that takes SQLite 10."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

from services.common.instants import microseconds


class Prepared:
    """A Core statement, compiled once for each dialect.

    It takes and gives what the driver does, but for times, which it takes as aware datetimes.
    Raises what SQLAlchemy would. `columns` are those that an insert sets.
    """

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, tuple[str, Sequence[str] | None]] = {}

    def rows(self, connection: Connection, **values: object) -> list[tuple[Any, ...]]:
        """Run a query and give all of its rows."""
        return cast("list[tuple[Any, ...]]", self._execute(connection, values).fetchall())

    def run(self, connection: Connection, **values: object) -> None:
        """Run a statement that gives no rows."""
        self._execute(connection, values)

    def _execute(self, connection: Connection, values: dict[str, Any]) -> Any:  # noqa: ANN401 - a DBAPI cursor
        sql, order = self._in(connection.dialect)
        taken = {name: _for_driver(value) for name, value in values.items()}
        driver = cast("Any", connection.connection.driver_connection)
        dbapi = connection.dialect.loaded_dbapi
        try:
            return driver.execute(sql, taken if order is None else [taken[name] for name in order])
        except dbapi.Error as error:
            raise DBAPIError.instance(
                sql, None, error, dbapi.Error, hide_parameters=True, dialect=connection.dialect
            ) from error

    def _in(self, dialect: Dialect) -> tuple[str, Sequence[str] | None]:
        known = self._compiled.get(dialect.name)
        if known is None:
            compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
            order = cast("Sequence[str] | None", getattr(compiled, "positiontup", None))
            known = self._compiled[dialect.name] = (str(compiled), order)
        return known


def _for_driver(value: object) -> object:
    return microseconds(value) if isinstance(value, datetime) else value
