"""`tinbai up --detach`: the same stack in a session of its own; return when it is ready."""

import select
import subprocess
import sys
from typing import IO

from stack.control import DOWN_TIMEOUT
from stack.errors import StackError
from stack.home import held
from stack.layout import Layout
from stack.up import prepare

# It gives up by itself after 60 s and stops its children: this only guards against worse.
_TIMEOUT = 180.0


def run_detached(layout: Layout) -> None:
    """Start `tinbai up` in the background; raise StackError with its sentence if it fails."""
    with held(layout):
        prepare(layout)  # here, where its progress is seen
    errors = layout.logs / "up.err"
    with errors.open("w") as stderr:
        process = subprocess.Popen(
            [
                *(sys.executable, "-P", "-m", "stack", "up"),
                *("--data", str(layout.data)),
                *("--host", layout.host),
                *("--port-base", str(layout.port_base)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        ready = process.stdout is not None and _says_something(process.stdout)
    except BaseException:  # Ctrl-C too: what isn't ready yet doesn't stay
        process.terminate()
        process.wait(DOWN_TIMEOUT)
        raise
    if not ready:
        raise StackError(errors.read_text().strip() or "The stack did not start.")


def _says_something(words: IO[bytes]) -> bool:
    """Wait for its first words: it is silent until it is ready, and ends if it never is."""
    if not select.select([words], [], [], _TIMEOUT)[0]:
        raise StackError(f"The stack was not ready after {_TIMEOUT:.0f} s.")
    return bool(words.readline())
