"""`tinbai`: the command line. Commands are thin; what goes wrong is one sentence.

What few commands need, and what takes long to load (a web server, SQLAlchemy, a YAML reader), is
imported where it is used: `status` and `down` are called by people and by scripts in loops.
"""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from stack import archive, audit, containers, control, keys, registry, registry_file, views
from stack.demo import demo
from stack.errors import StackError
from stack.follow import select
from stack.layout import HIGHEST_PORT_BASE, Layout
from stack.logs import Source, raw, readable
from stack.partner_commands import partner
from stack.submit import submit
from stack.timeline import timeline


class _Group(TyperGroup):
    """The one place where a StackError becomes a sentence and an exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as click has it
        try:
            return super().invoke(ctx)
        except StackError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error


app = typer.Typer(
    cls=_Group, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)

Data = Annotated[
    Path, typer.Option("--data", envvar="TINBAI_DATA", help="Folder that holds all state.")
]
Host = Annotated[
    str, typer.Option("--host", envvar="TINBAI_HOST", help="Address that the services listen on.")
]
PortBase = Annotated[
    int,
    typer.Option(
        "--port-base",
        envvar="TINBAI_PORT_BASE",
        min=1,
        max=HIGHEST_PORT_BASE,
        help="The stack's own page; services follow, the broker is 92 above.",
    ),
]


def up(
    data: Data = Path("data"),
    host: Host = "127.0.0.1",
    port_base: PortBase = 8000,
    detach: Annotated[bool, typer.Option("--detach", help="Return when it is ready.")] = False,
) -> None:
    """Start the broker and the three services."""
    from stack.detach import run_detached
    from stack.up import run

    layout = Layout(data.absolute(), host, port_base)
    if detach:
        run_detached(layout)
        typer.echo(views.welcome(layout, detached=True))
    else:
        run(layout, when_ready=lambda: typer.echo(views.welcome(layout, detached=False)))


def down(data: Data = Path("data")) -> None:
    """Stop the stack and wait until it is gone."""
    stopped = control.stop(data.absolute())
    typer.echo("Stopped." if stopped else f"No stack runs on {data.absolute()}.")


def status(
    data: Data = Path("data"),
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Show each process; exit 1 unless all are ready."""
    record, now = control.fetch_status(data.absolute())
    typer.echo(now.model_dump_json(indent=2) if as_json else views.status_table(record, now))
    raise typer.Exit(0 if now.ready else 1)


def logs(
    service: Annotated[Source | None, typer.Argument(help="All of them by default.")] = None,
    article: Annotated[str | None, typer.Option(help="Only lines on this article's id.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with new lines.")] = False,
    data: Data = Path("data"),
) -> None:
    """Show what the services logged, in time order: readable on a terminal, else JSON lines."""
    render = readable if sys.stdout.isatty() else raw
    sources = [service.value] if service else [source.value for source in Source]
    with suppress(KeyboardInterrupt):
        for line in select(data.absolute() / "logs", sources, article, follow=follow):
            typer.echo(render(line))


def broker(
    data: Data = Path("data"),
    host: Host = "127.0.0.1",
    port_base: PortBase = 8000,
    advertise: Annotated[str, typer.Option(help="Host that clients find it by.")] = "127.0.0.1",
) -> None:
    """Run the broker alone, for a container; anyone who reaches it may read and write."""
    from stack.alone import become_broker

    become_broker(Layout(data.absolute(), host, port_base), advertise)


def fetch() -> None:
    """Fetch what a first start needs, for an image or a journey."""
    from stack.aot import prepared_java

    prepared_java()


# Every command of `tinbai`, in the order in which --help lists them.
app.command()(up)
app.command()(down)
app.command()(status)
app.command()(logs)
app.command()(submit)
app.command()(timeline)
app.command()(demo)
app.add_typer(registry.unit, name="unit")
app.add_typer(keys.key, name="key")
app.add_typer(partner, name="partner")
app.add_typer(audit.audit, name="audit")
app.add_typer(registry_file.registry, name="registry")
app.add_typer(archive.archive, name="archive")
app.command()(broker)
app.command()(fetch)
app.command()(containers.init)
app.command()(containers.ready)
