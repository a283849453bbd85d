"""How the stack is: one value for the page, `/status.json` and `tinbai status`."""

import asyncio
from typing import Literal

import psutil
from pydantic import BaseModel

from stack.child import Child
from stack.layout import Layout
from stack.readiness import Probe, Readiness
from stack.supervisor import Supervisor


class ProcessStatus(BaseModel):
    """One process of the stack."""

    name: str
    state: Literal["running", "waiting"]  # waiting to be started again
    ready: Readiness
    pid: int | None
    address: str
    uptime_s: float
    restarts: int
    memory_bytes: int | None


class StackStatus(BaseModel):
    """The whole stack."""

    ready: bool
    data: str
    kafka: str
    processes: list[ProcessStatus]


async def stack_status(layout: Layout, supervisor: Supervisor, probe: Probe) -> StackStatus:
    """Ask all processes at once."""
    processes = await asyncio.gather(
        *(
            _process_status(layout, name, child, probe)
            for name, child in supervisor.children.items()
        )
    )
    return StackStatus(
        ready=all(process.ready == "ready" for process in processes),
        data=str(layout.data),
        kafka=layout.bootstrap,
        processes=processes,
    )


async def _process_status(layout: Layout, name: str, child: Child, probe: Probe) -> ProcessStatus:
    return ProcessStatus(
        name=name,
        state="running" if child.pid else "waiting",
        ready=await probe.ask(name),
        pid=child.pid,
        address=layout.bootstrap if name == "broker" else layout.public_url(name),
        uptime_s=round(child.uptime, 1),
        restarts=child.restarts,
        memory_bytes=_memory(child.pid),
    )


def _memory(pid: int | None) -> int | None:
    try:
        return int(psutil.Process(pid).memory_info().rss) if pid else None
    except psutil.Error:  # it died since
        return None
