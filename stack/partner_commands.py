"""`tinbai partner …`: partners, for the newsroom; and what a partner runs."""

import typer

from partner.commands import COMMANDS

partner = typer.Typer(help="Partners: the outlets that consume.", no_args_is_help=True)

for name, command in COMMANDS.items():
    partner.command(name)(command)
