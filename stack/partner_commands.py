"""`tinbai partner …`: partners, for the newsroom; and what a partner runs."""

import typer

from partner.commands import COMMANDS
from stack import partner_file, partner_keys
from stack.drill.command import drill

partner = typer.Typer(help="Partners: the outlets that consume.", no_args_is_help=True)

partner.command("apply")(partner_file.apply)
partner.command("export")(partner_file.export)
partner.command("list")(partner_file.list_partners)
partner.command("key")(partner_keys.add_key)
partner.command("keys")(partner_keys.list_keys)
partner.command("revoke")(partner_keys.revoke_key)
for name, command in COMMANDS.items():
    partner.command(name)(command)
partner.command()(drill)
