"""Options that all commands have: which partner, and where tinbai is."""

from typing import Annotated

import typer

Url = Annotated[
    str, typer.Option("--url", envvar="TINBAI_SYNDICATE_URL", help="Where tinbai's syndicate is.")
]
Code = Annotated[
    str, typer.Option("--partner", envvar="TINBAI_PARTNER", help="The partner's code.")
]
Key = Annotated[str, typer.Option("--key", envvar="TINBAI_PARTNER_KEY", help="The partner's key.")]
