"""`python -m partner`: the same commands as `tinbai partner`, for those who have only this."""

import typer

from partner.commands import COMMANDS

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for name, command in COMMANDS.items():
    app.command(name)(command)

if __name__ == "__main__":
    app(prog_name="partner")
