"""`simulate`: a partner's side in a box, until it is told to stop."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated, Literal

import typer

from partner.options import Code, Key, Url

_KIND = "Behaves badly"

Source = Literal["changes", "rss", "atom", "json", "ninjs", "newsml", "nothing"]


def _badly(name: str, what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, help=what, rich_help_panel=_KIND)
    return option


def simulate(
    code: Code,
    key: Key,
    url: Url = "http://127.0.0.1:8002",
    folder: Annotated[Path, typer.Option("--folder", help="For its mirror and its pages.")] = Path(
        "simulated-partner"
    ),
    source: Annotated[Source, typer.Option(help="What it fetches.")] = "changes",
    secret: Annotated[
        list[str] | None,
        typer.Option("--secret", help="whsec_…, of its webhooks; two while it is changed."),
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any.")] = 9000,
    public_url: Annotated[
        str | None, typer.Option("--public-url", help="Where others reach it, if elsewhere.")
    ] = None,
    slow: Annotated[float, _badly("--slow", "Seconds before it answers.")] = 0,
    broken: Annotated[bool, _badly("--broken", "Answers webhooks with 500.")] = False,
    flapping: Annotated[bool, _badly("--flapping", "Answers every second with 500.")] = False,
    gone: Annotated[bool, _badly("--gone", "Answers webhooks with 410.")] = False,
    lying: Annotated[bool, _badly("--lying", "Says removed, and shows the page.")] = False,
    silent: Annotated[bool, _badly("--silent", "Never acknowledges.")] = False,
    refusing: Annotated[bool, _badly("--refusing", "Acknowledges refused.")] = False,
    forgetful: Annotated[bool, _badly("--forgetful", "Loses its mirror at each look.")] = False,
) -> None:
    """Be a partner: receive, fetch, acknowledge, show pages; and say what happens. PUT /control
    changes how it behaves, from this machine: {"lying": true}."""
    from partner.simulating.behaviour import Behaviour
    from partner.simulating.simulator import Plan, Simulator

    changes = {
        "slow": slow,
        "broken": broken,
        "flapping": flapping,
        "gone": gone,
        "lying": lying,
        "silent": silent,
        "refusing": refusing,
        "forgetful": forgetful,
    }
    plan = Plan(
        url=url,
        code=code,
        key=key,
        folder=folder,
        source=source,
        secrets=tuple(secret or ()),
        host=host,
        port=port,
        public_url=public_url,
    )
    try:
        behaviour = Behaviour().changed(changes)
        simulator = Simulator(plan, behaviour, say=typer.echo)
    except (ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error

    async def run() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        async with simulator.running():
            typer.echo(f"{code} receives webhooks at {simulator.webhook_url}")
            await stop.wait()
        typer.echo("stopped")

    asyncio.run(run())
