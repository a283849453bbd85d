"""`tinbai audit verify`: whether anyone touched the record of who did what."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import typer

from stack.door import admin_key, ask, ingest_url
from stack.errors import StackError
from stack.home import running

if TYPE_CHECKING:
    from services.common import trail

audit = typer.Typer(help="The record of who did what.", no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA", help="The stack's folder.")]
Entries = Iterator[dict[str, Any]]

_PAGE = 1000
_SHOWN = 20


@audit.command("verify")
def verify(
    data: Data = Path("data"),
    url: Annotated[
        str | None, typer.Option(envvar="TINBAI_INGEST_URL", help="Ask the ingest there.")
    ] = None,
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

    found = list(trail.faults(seen(_entries(data.absolute(), url)), logged_heads(data)))
    for fault in found[:_SHOWN]:
        typer.echo(f"Entry {fault.seq} {fault.what}.")
    if len(found) > _SHOWN:
        typer.echo(f"… and {len(found) - _SHOWN:,} faults more.")
    for kept in sorted(missed):
        typer.echo(f"No entry has the hash {kept}: entries were removed, or all made anew.")
    if found or missed:
        raise typer.Exit(1)
    typer.echo(f"{count:,} entries, all in place.")


def logged_heads(data: Path) -> dict[int, str]:
    """Collect the hashes of newest entries that ingest has logged, by their place."""
    heads: dict[int, str] = {}
    for file in (data / "logs").glob("ingest.log*"):
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


def _entries(data: Path, url: str | None) -> Entries:
    file = data / "ingest" / "ingest.db"
    if url is None and running(data) is None and file.exists():
        return _stored(file)
    return _told(url or ingest_url(data), admin_key(data))


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
