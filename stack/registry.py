"""`tinbai unit add`: for a newsroom without an admin system of its own."""

from pathlib import Path
from typing import Annotated

import typer

from stack.door import admin_key, ask, ingest_url

unit = typer.Typer(help="Units: the offices that submit.", no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA", help="The stack's folder.")]
Code = Annotated[str, typer.Argument(help="The unit's code, which never changes.")]


@unit.command("add")
def add_unit(
    code: Code,
    name: Annotated[str, typer.Argument(help="Its name, which may change.")],
    short_name: Annotated[str, typer.Option(help="For lists and small screens.")] = "",
    trusted: Annotated[bool, typer.Option(help="Published at once, or after review.")] = True,
    data: Data = Path("data"),
) -> None:
    """Add a unit."""
    entry = {"code": code, "name": name, "short_name": short_name, "trusted": trusted}
    ask("POST", f"{ingest_url(data.absolute())}/v1/admin/units", admin_key(data), entry)
    typer.echo(f"Added {code}. Next: tinbai key add {code}")
