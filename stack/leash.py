"""Run a command that dies with its parent: `leash.py PARENT_PID COMMAND…`, as a file.

A step of its own, for code between fork and exec (`preexec_fn`) is unsafe beside threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h; kept across exec


def leashed(command: list[str]) -> list[str]:
    """Give the command line that runs `command` on this process's leash."""
    return [sys.executable, "-IS", __file__, str(os.getpid()), *command]


def main() -> None:
    """Ask the kernel for SIGKILL when the parent ends, however it ends, and become the command."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):  # it died before we asked
            sys.exit("The supervisor is gone.")
    try:
        os.execvp(command[0], command)  # noqa: S606
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
