"""`python -m stack` is `tinbai`."""

from stack.cli import app

app(prog_name="tinbai")
