"""The command `tinbai partner drill`."""

from pathlib import Path
from typing import Annotated

import typer

from stack.door import admin_key, service_url

Data = Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA", help="The stack's folder.")]


def drill(
    code: Annotated[str, typer.Argument(help="The partner's code.")],
    unit: Annotated[
        str | None, typer.Option(help="In whose name; the first active unit if not said.")
    ] = None,
    wait: Annotated[
        float, typer.Option(min=1, max=86_400, help="Seconds for each task, at the most.")
    ] = 60,
    embargo: Annotated[
        float, typer.Option(min=1, max=3600, help="Seconds of the embargo that is tried.")
    ] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    save: Annotated[
        Path | None, typer.Option(help="Keep the certificate in this file, as JSON.")
    ] = None,
    data: Data = Path("data"),
) -> None:
    """Try a partner: publish, correct, embargo and retract tests that it alone gets, and say what
    it did. Exit 1 unless it did everything and said so."""
    from stack.drill.drill import Drill
    from stack.drill.newsroom import Newsroom

    folder = data.absolute()
    newsroom = Newsroom(
        service_url(folder, "ingest"), service_url(folder, "syndicate"), admin_key(folder), code
    )
    trial = Drill(newsroom, unit or newsroom.first_unit(), wait, embargo)
    found = trial.run(lambda each: typer.echo(f"{each.task.name}: {each.verdict}", err=True))
    typer.echo(found.as_json() if as_json else found.as_text())
    if save:
        save.write_text(found.as_json() + "\n")
    raise typer.Exit(0 if found.conformant else 1)
