"""The commands for what a partner runs. They end with 0: all is well; 1: verify found something; 2:
it could not be done.

What takes long to load is imported where it is used: `tinbai` has these commands too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from partner.options import Code, Key, Url
from partner.simulating.command import simulate

Folder = Annotated[Path, typer.Argument(help="The mirror's folder.")]


@contextmanager
def _told() -> Iterator[None]:
    """Say in a sentence what went wrong."""
    from partner.client import Refused, Unavailable, WentBack
    from partner.entry import Invalid

    try:
        yield
    except (Refused, Unavailable, WentBack, Invalid, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _complain(error: Exception) -> None:
    typer.echo(f"{error}; asking again", err=True)


def mirror(
    folder: Folder,
    code: Code,
    key: Key,
    url: Url = "http://127.0.0.1:8002",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as news comes.")] = False,
    replay: Annotated[bool, typer.Option("--replay", help="Ask for everything again.")] = False,
) -> None:
    """Bring a folder up to date with all that you were told, from `changes`."""
    from partner.client import Client
    from partner.following import followed
    from partner.mirror import Mirror

    with _told(), Client(url, code, key) as client:
        copy = Mirror(folder)
        after = 0 if replay else copy.after
        pages = followed(client, after, _complain) if follow else client.all_changes(after)
        for page in pages:
            for entry in copy.apply(page):
                typer.echo(f"{entry.seq} {entry.kind} {entry.id} version {entry.version}")
        typer.echo(f"Up to date with seq {copy.after}.")


def verify(
    folder: Folder,
    code: Code,
    key: Key,
    url: Url = "http://127.0.0.1:8002",
    patience: Annotated[
        int, typer.Option(min=0, help="Seconds for which news may not be fetched yet.")
    ] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Check a folder against the signed manifests; exit 1 if anything is missing, altered, too much
    or not taken down."""
    from partner.client import Client
    from partner.report import report

    with _told(), Client(url, code, key) as client:
        made = report(folder, client, patience)
    typer.echo(made.as_json() if as_json else made.as_text())
    raise typer.Exit(1 if made.findings else 0)


COMMANDS: dict[str, Callable[..., None]] = {
    "mirror": mirror,
    "verify": verify,
    "simulate": simulate,
}
