"""`tinbai archive`: the archive's index."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from stack.door import admin_key, ask, service_url
from stack.errors import StackError

archive = typer.Typer(help="The archive's index.", no_args_is_help=True)

Data = Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA", help="The stack's folder.")]

_LOOK_EVERY = 0.5  # seconds


@archive.callback()
def _group() -> None:
    """Keep `rebuild` a command of its own, though it is the only one."""


@archive.command("rebuild")
def rebuild(data: Data = Path("data")) -> None:
    """Make a new index from Kafka's beginning and put it in the old one's place.

    The old one answers, and takes what comes, until then. To stop looking (Ctrl-C) stops nothing;
    called again, it goes on to show how far it is.
    """
    url = f"{service_url(data.absolute(), 'archive')}/v1/admin/rebuild"
    key = admin_key(data)
    state = ask("POST", url, key)
    with _progress() as shown:
        task = shown.add_task("Rebuilding", total=None)
        while state["state"] == "running":
            time.sleep(_LOOK_EVERY)
            state = ask("GET", url, key)
            shown.update(task, completed=state["read"], total=state["total"])
    match state["state"]:
        case "done":
            typer.echo(f"The new index answers: {state['read']:,} records were read.")
        case "failed":
            raise StackError(f"The rebuild failed, the old index goes on: {state['reason']}.")
        case _:
            raise StackError(
                "The archive was started again meanwhile, the old index goes on: rebuild again."
            )


class _Rate(ProgressColumn):
    """Records a second."""

    def render(self, task: Task) -> Text:
        """Show it as soon as it is known."""
        return Text("" if task.speed is None else f"{task.speed:,.0f}/s")


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
