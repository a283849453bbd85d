"""What the stack runs: the broker, unless the user has one, and the three services."""

import logging
import os
import sys
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog

from stack.broker import Broker
from stack.child import Program
from stack.layout import SERVICES, Layout

_BROKER_LOG_BYTES = 5_000_000
_BROKER_LOGS_KEPT = 2

logger = structlog.get_logger()


def service_programs(layout: Layout) -> list[Program]:
    """Give the three services, each a process with its name and the folder in its command line."""
    environment = os.environ | service_environment(layout)
    return [
        Program(
            name=name,
            command=[
                *(sys.executable, "-P", "-m", f"services.{name}"),
                *("--data", str(layout.data)),
                *("--host", layout.host),
                *("--port", str(layout.port(name))),
            ],
            environment=environment,
            folder=layout.data,
            hear=_log_lines_of(name),
        )
        for name in SERVICES
    ]


def broker_program(broker: Broker, log: Path) -> Program:
    """Give the broker; what it prints goes to a file of its own, bounded in size."""
    return Program(
        name="broker",
        command=broker.command,
        environment=broker.java.environment,
        folder=broker.folder,
        hear=_file_lines_of(log),
    )


def service_environment(layout: Layout) -> dict[str, str]:
    """Give the settings that all services share."""
    return {
        "TINBAI_DATA": str(layout.data),
        "TINBAI_KAFKA_BOOTSTRAP": layout.bootstrap,
        "TINBAI_ADMIN_KEY_FILE": str(layout.admin_key),
        "TINBAI_LOG_DIR": str(layout.logs),
        **{f"TINBAI_{name.upper()}_URL": layout.public_url(name) for name in SERVICES},
    }


def _log_lines_of(name: str) -> Callable[[str], None]:
    """A service writes its own log file; what it prints besides is its last words."""

    def hear(line: str) -> None:
        logger.warning("process_printed", process=name, line=line)

    return hear


def _file_lines_of(path: Path) -> Callable[[str], None]:
    handler = RotatingFileHandler(path, maxBytes=_BROKER_LOG_BYTES, backupCount=_BROKER_LOGS_KEPT)

    def hear(line: str) -> None:
        handler.emit(logging.makeLogRecord({"msg": line}))

    return hear
