"""`tinbai partner key`, `keys` and `revoke`: keys of partners."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from stack.door import admin_key, ask
from stack.partner_file import Data, partners_url

Code = Annotated[str, typer.Argument(help="The partner's code.")]

_COLUMNS = ("id", "created", "expires", "last used", "note")


def add_key(
    code: Code,
    expires: Annotated[
        str | None, typer.Option(metavar="TIME", help="Its end, like 2027-01-01T00:00:00+07:00.")
    ] = None,
    note: Annotated[str, typer.Option(help="What it is for.")] = "",
    data: Data = Path("data"),
) -> None:
    """Make a key for a partner and print it, this once. Two may be live."""
    body = {"expires": expires, "note": note}
    url = partners_url(data, f"partners/{code}/keys")
    typer.echo(ask("POST", url, admin_key(data), body)["key"])


def list_keys(code: Code, data: Data = Path("data")) -> None:
    """List the keys of a partner, and when each was used last."""
    table = Table(*_COLUMNS, box=None)
    url = partners_url(data, f"partners/{code}/keys")
    for item in ask("GET", url, admin_key(data))["items"]:
        times = (item[field] or "-" for field in ("created", "expires", "last_used"))
        table.add_row(item["id"], *times, item["note"])
    Console(width=200, soft_wrap=True).print(table)


def revoke_key(
    code: Code,
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `tinbai partner keys` has it.")],
    data: Data = Path("data"),
) -> None:
    """End a key of a partner, for good."""
    ask("DELETE", partners_url(data, f"partners/{code}/keys/{key_id}"), admin_key(data))
    typer.echo(f"Revoked {key_id}.")
