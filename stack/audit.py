"""`tinbai audit verify`: whether anyone touched the record of who did what."""

import json
import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import typer

from stack.door import admin_key, ask, service_url
from stack.errors import StackError
from stack.home import running

if TYPE_CHECKING:
    from services.common import trail

audit = typer.Typer(help="The record of who did what.", no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA", help="The stack's folder.")]
Entries = Iterator[dict[str, Any]]


class Trail(StrEnum):
    """The trails that there are, by the service that keeps them."""

    INGEST = "ingest"
    SYNDICATE = "syndicate"


_PAGE = 1000
_SHOWN = 20


@audit.command("verify")
def verify(
    data: Data = Path("data"),
    of: Annotated[
        Trail, typer.Option(help="Whose: syndicate's tells of partners, ingest's of all else.")
    ] = Trail.INGEST,
    url: Annotated[str | None, typer.Option(help="Ask the service there.")] = None,
    head: Annotated[
        list[str] | None, typer.Option(metavar="HASH", help="A hash that was kept; repeatable.")
    ] = None,
) -> None:
    """Check each entry and its place; exit 1 if one was removed, changed or moved.

    Where a stack runs it is asked, else its database is read. What DIR/logs tells of newest entries
    (`audit_head`) must be there still, and each --head.
    """
    from services.common import trail

    missed, count = set(head or ()), 0

    def seen(entries: Entries) -> Entries:
        nonlocal count
        for entry in entries:
            count += 1
            missed.discard(entry["hash"])
            yield entry

    found = list(trail.faults(seen(_entries(data.absolute(), of, url)), logged_heads(data, of)))
    for fault in found[:_SHOWN]:
        typer.echo(f"Entry {fault.seq} {fault.what}.")
    if len(found) > _SHOWN:
        typer.echo(f"… and {len(found) - _SHOWN:,} faults more.")
    for kept in sorted(missed):
        typer.echo(f"No entry has the hash {kept}: entries were removed, or all made anew.")
    if found or missed:
        raise typer.Exit(1)
    typer.echo(f"{count:,} entries, all in place.")


def logged_heads(data: Path, of: Trail = Trail.INGEST) -> dict[int, str]:
    """Collect the hashes of newest entries that a service has logged, by their place."""
    heads: dict[int, str] = {}
    for file in (data / "logs").glob(f"{of.value}.log*"):
        with file.open(errors="replace") as lines:
            for line in lines:
                if '"audit_head"' in line and (at := _head(line)):
                    heads[at.seq] = at.hash
    return heads


def _head(line: str) -> "trail.Head | None":
    from services.common import trail

    try:
        fields = json.loads(line)
        return trail.Head(int(fields["seq"]), str(fields["hash"]))
    except (ValueError, KeyError, TypeError):
        return None  # half a line: the disk was full, or the power went


def _entries(data: Path, of: Trail, url: str | None) -> Entries:
    url = url or os.environ.get(f"TINBAI_{of.value.upper()}_URL")
    file = data / of.value / f"{of.value}.db"
    if url is None and running(data) is None and file.exists():
        return _stored(file)
    return _told(url or service_url(data, of.value), admin_key(data))


def _told(url: str, key: str) -> Entries:
    from services.common import trail

    after: int | None = 0
    while after is not None:
        query = urlencode({"after": after, "limit": _PAGE})
        page = ask("GET", f"{url.rstrip('/')}/v1/admin/audit?{query}", key)
        yield from map(trail.as_entry, page["items"])
        after = page["next"]


def _stored(file: Path) -> Entries:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError

    from services.common import trail
    from services.common.database import what_happened

    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            after = 0
            while page := trail.listed(connection, after, _PAGE):
                yield from page
                after = page[-1]["seq"]
    except SQLAlchemyError as error:
        raise StackError(f"Cannot read {file}: {what_happened(error)}.") from error
    finally:
        engine.dispose()
