"""`tinbai partner …`: partners, for the newsroom; and what a partner runs."""

import typer

partner = typer.Typer(help="Partners: the outlets that consume.", no_args_is_help=True)
