"""`tinbai key`: keys of units, of the newsroom and of admins."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from stack.door import admin_key, ask, ingest_url
from stack.errors import StackError

key = typer.Typer(help="Keys of units, the newsroom and admins.", no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA", help="The stack's folder.")]
Code = Annotated[str | None, typer.Argument(help="The unit's code.", show_default=False)]

_COLUMNS = ("id", "whose", "created", "expires", "last used", "note")


@key.command("add")
def add_key(
    code: Code = None,
    newsroom: Annotated[
        str | None, typer.Option(metavar="NAME", help="A key for all articles, and for whom.")
    ] = None,
    admin: Annotated[
        str | None, typer.Option(metavar="NAME", help="A key for everything, and for whom.")
    ] = None,
    public_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The unit signs: its Ed25519 public key, in PEM."),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="TIME", help="Its end, like 2027-01-01T00:00:00+07:00.")
    ] = None,
    note: Annotated[str, typer.Option(help="What it is for.")] = "",
    data: Data = Path("data"),
) -> None:
    """Make a key and print it, this once. With --public-key: register one and print its id."""
    body: dict[str, Any] = {"expires": expires, "note": note}
    path = f"units/{code}/keys"
    match code, newsroom, admin, public_key:
        case str(), None, None, None:
            pass
        case str(), None, None, Path() as file:
            path = f"units/{code}/signing-keys"
            body |= {"public_key": _read(file)}
        case (None, str() as name, None, None) | (None, None, str() as name, None):
            path = "keys"
            body |= {"name": name, "scope": "newsroom" if newsroom else "admin"}
        case _:
            raise StackError("Say whose key: a unit's CODE, or --newsroom NAME, or --admin NAME.")
    made = _ask("POST", path, data, body)
    typer.echo(made.get("key") or made["id"])


@key.command("list")
def list_keys(code: Code = None, data: Data = Path("data")) -> None:
    """List the keys of a unit; without CODE, those of the newsroom and of admins."""
    paths = [f"units/{code}/keys", f"units/{code}/signing-keys"] if code else ["keys"]
    table = Table(*_COLUMNS, box=None)
    for path in paths:
        whose = f"{code} (signs)" if path.endswith("signing-keys") else code
        for item in _ask("GET", path, data)["items"]:
            name = whose or f"{item['name']} ({item['scope']})"
            times = (item[field] or "-" for field in ("created", "expires", "last_used"))
            table.add_row(item["id"], name, *times, item["note"])
    Console(width=200, soft_wrap=True).print(table)


@key.command("revoke")
def revoke_key(
    of: Annotated[
        list[str],
        typer.Argument(metavar="[CODE] ID", help="Whose and which; no CODE for named keys."),
    ],
    data: Data = Path("data"),
) -> None:
    """End a key, for good."""
    match of:
        case [key_id]:
            paths = [f"keys/{key_id}"]
        case [code, key_id]:
            paths = [f"units/{code}/keys/{key_id}", f"units/{code}/signing-keys/{key_id}"]
        case _:
            raise StackError("Say whose key and which: tinbai key revoke CODE ID.")
    for path in paths[:-1]:
        try:
            _ask("DELETE", path, data)
        except StackError:
            continue
        break
    else:
        _ask("DELETE", paths[-1], data)
    typer.echo(f"Revoked {of[-1]}.")


def _ask(method: str, path: str, data: Path, body: object = None) -> Any:  # noqa: ANN401 - JSON
    url = f"{ingest_url(data.absolute())}/v1/admin/{path}"
    return ask(method, url, admin_key(data), body)


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, ValueError) as error:
        raise StackError(f"Cannot read the public key {file}: {error}.") from error
