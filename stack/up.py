"""`tinbai up`: check, prepare, start, wait until ready, and stay until a signal."""

import asyncio
import signal
from collections.abc import Callable

import httpx2
import structlog

from services.common.logs import configure_logging
from stack.aot import prepared_java
from stack.broker import Broker
from stack.child import Program
from stack.errors import StackError
from stack.home import held, recorded
from stack.layout import Layout
from stack.page import PageServer, page_app
from stack.ports import check_free, listen
from stack.programs import broker_program, service_programs
from stack.readiness import Probe, wait_until_ready
from stack.status import StackStatus, stack_status
from stack.supervisor import Supervisor

_PROBE_TIMEOUT = 1.0

logger = structlog.get_logger()


def prepare(layout: Layout) -> list[Program]:
    """Find out what could fail while a person still looks, and fetch what is missing.

    To be called with the data folder held. Gives the programs to run.
    """
    check_free(layout.host, layout.own_ports)
    check_free(layout.broker_host, layout.broker_ports)
    if layout.external_kafka:
        return service_programs(layout)
    host = layout.broker_host
    broker = Broker.of(layout, prepared_java(), host, advertised_host=host)
    broker.prepare()
    return [broker_program(broker, layout.logs / "broker.log"), *service_programs(layout)]


def run(layout: Layout, when_ready: Callable[[], None]) -> None:
    """Run the stack in this process until SIGINT or SIGTERM."""
    with held(layout):
        programs = prepare(layout)
        configure_logging("stack", layout.logs)
        with recorded(layout):
            asyncio.run(_run(layout, programs, when_ready))


async def _run(layout: Layout, programs: list[Program], when_ready: Callable[[], None]) -> None:
    told_to_stop = _stop_signals()
    supervisor = Supervisor(programs)
    async with httpx2.AsyncClient(timeout=_PROBE_TIMEOUT, trust_env=False) as client:
        probe = Probe(layout, client)

        async def status() -> StackStatus:
            return await stack_status(layout, supervisor, probe)

        server = PageServer(page_app(layout, status))
        socket = listen(layout.host, "page", layout.port("page"))
        page = asyncio.create_task(server.serve([socket]))
        supervisor.start()
        try:
            await wait_until_ready(layout, supervisor, probe, told_to_stop)
            if not told_to_stop.is_set():
                logger.info("stack_ready")
                when_ready()
                await told_to_stop.wait()
        except StackError as error:
            logger.error("stack_not_started", reason=str(error))  # noqa: TRY400
            raise
        finally:
            await supervisor.stop()
            server.should_exit = True
            await page


def _stop_signals() -> asyncio.Event:
    """Let SIGINT and SIGTERM set an event; a second one changes nothing, for stopping ends."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told
