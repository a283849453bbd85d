"""`tinbai timeline ID`: what became of an article, as a table."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stack.door import admin_key, ask, ingest_url

_COLUMNS = ("at", "version", "service", "event")
# Wide enough for every line where nobody looks: a pipe has no width of its own.
_WIDTH = 160

Data = Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA", help="The stack's folder.")]


def timeline(
    article: Annotated[str, typer.Argument(help="The article's id.")],
    key: Annotated[
        str | None, typer.Option(envvar="TINBAI_KEY", help="The unit's key.", show_envvar=True)
    ] = None,
    data: Data = Path("data"),
) -> None:
    """Show what became of an article: received, accepted, published, listed, indexed, …"""
    url = f"{ingest_url(data.absolute())}/v1/articles/{article}/timeline"
    items = ask("GET", url, key or admin_key(data))["items"]
    console = Console()
    if not console.is_terminal:
        console.width = _WIDTH
    console.print(table(items))


def table(items: list[dict[str, Any]]) -> Table:
    """Lay it out: local time, then who tells what; whatever else is told stands at the end."""
    shown = Table(*_COLUMNS, "more", box=None, pad_edge=False)
    for item in items:
        at = datetime.fromisoformat(item["at"]).astimezone()
        rest = {name: value for name, value in item.items() if name not in _COLUMNS}
        shown.add_row(
            at.isoformat(" ", "milliseconds"),
            str(item["version"]),
            item["service"],
            item["event"],
            Text(" ".join(f"{name}={_text(value)}" for name, value in rest.items())),
        )
    return shown


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
