"""What a person reads on the terminal."""

import shlex
import sys

from stack.home import Record
from stack.layout import Layout
from stack.status import ProcessStatus, StackStatus

_COLUMNS = "{:<10} {:<9} {:>8} {:>9} {:>9} {:>9}  {}"


def welcome(layout: Layout, *, detached: bool) -> str:
    """Say that it runs, where, and how to stop it."""
    stop = shlex.join([sys.argv[0], "down", "--data", str(layout.data)])
    lines = {
        "this stack": layout.url("page"),
        "submit to": layout.public_url("ingest"),
        "latest feed": f"{layout.public_url('syndicate')}/feeds/latest.atom",
        "archive": layout.public_url("archive"),
        "Kafka": layout.bootstrap,
        "admin key": str(layout.admin_key),
        "logs": str(layout.logs),
        "to stop": stop if detached else "Ctrl-C",
    }
    return "\n".join(["tinbai is up.", *(f"  {name:<12} {what}" for name, what in lines.items())])


def status_table(record: Record, now: StackStatus) -> str:
    """Show one line for each process."""
    heading = _COLUMNS.format("process", "state", "pid", "uptime", "restarts", "memory", "address")
    return "\n".join(
        [
            f"{now.data}: {'ready' if now.ready else 'not ready'} (process {record.pid})",
            heading,
            *(_row(process) for process in now.processes),
        ]
    )


def _row(process: ProcessStatus) -> str:
    state = process.ready if process.state == "running" else process.state
    memory = f"{process.memory_bytes // 2**20} MB" if process.memory_bytes else "-"
    return _COLUMNS.format(
        process.name,
        state,
        process.pid or "-",
        f"{process.uptime_s:.0f} s",
        process.restarts,
        memory,
        process.address,
    )
