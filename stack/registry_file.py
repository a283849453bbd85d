"""`tinbai registry apply` and `export`: units, columns and campaigns as a YAML file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from stack.applying import put
from stack.door import admin_key, ask, ingest_url
from stack.registry_diff import difference

registry = typer.Typer(help="The registry as a YAML file.", no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA", help="The stack's folder.")]

_HEADING = "Edit it, then: tinbai registry apply FILE --dry-run"


@registry.command("apply")
def apply(
    file: Annotated[Path, typer.Argument(help="YAML with units, columns and campaigns.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done.")
    ] = False,
    data: Data = Path("data"),
) -> None:
    """Add what is new in FILE and change what differs, all or nothing; nothing is ever deleted.

    Safe to repeat: applied again, it changes nothing.
    """
    from stack.yaml_file import read_yaml

    read = read_yaml(file)
    planned = put(read, _url(data), data, dry_run=dry_run)
    Console(highlight=False, soft_wrap=True).print(difference(planned))


@registry.command("export")
def export(data: Data = Path("data")) -> None:
    """Print the whole registry as a file that `apply` takes."""
    from stack.yaml_file import written

    typer.echo(written(ask("GET", _url(data), admin_key(data)), _HEADING), nl=False)


def _url(data: Path) -> str:
    return f"{ingest_url(data.absolute())}/v1/admin/registry"
