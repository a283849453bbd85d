"""Logging: structlog and the libraries' own lines through one pipe, a fixed phrase and keys."""

import logging
import logging.handlers
import queue
import sys
import threading
import time
from pathlib import Path

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

_MAX_BYTES = 50_000_000
_KEPT = 4
_MOST_WAITING = 10_000  # lines
_CLOSE_WITHIN = 5.0  # seconds

# They report every attempt while Kafka is away: what they say is passed on once in a while.
_TALKATIVE = ("aiokafka", "asyncssh", "faststream", "kafka")
_REPEAT_AFTER = 30.0  # seconds


def configure_logging(service: str, directory: Path | None = None) -> None:
    """Send all log lines to `directory/SERVICE.log` as JSON, and to the terminal if there is one.

    Without a directory they go to stdout: JSON lines, or readable ones on a terminal.
    """
    shared = _processors(service)
    handlers: list[logging.Handler] = []
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        file = logging.handlers.RotatingFileHandler(
            directory / f"{service}.log", maxBytes=_MAX_BYTES, backupCount=_KEPT, encoding="utf-8"
        )
        file.setFormatter(_formatter(shared, readable=False))
        handlers.append(file)
    if directory is None or sys.stdout.isatty():
        console = logging.StreamHandler(sys.stdout)
        console.setFormatter(_formatter(shared, readable=sys.stdout.isatty()))
        handlers.append(console)

    logging.basicConfig(level=logging.INFO, handlers=[_Behind(handlers)], force=True)
    for handler in handlers:
        handler.addFilter(_OnceInAWhile())
    for name in ("httpx2", "httpcore2", *_TALKATIVE):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


class _Behind(logging.Handler):
    """Has lines rendered and written by a thread of its own: a write to a file lets go of the
    interpreter, and under load whoever wrote waits long to get it back."""

    def __init__(self, handlers: list[logging.Handler]) -> None:
        super().__init__()
        self._handlers = handlers
        self._lines: queue.SimpleQueue[logging.LogRecord | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="log-writer", daemon=True)
        self._writer.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Leave it to the thread; where that is far behind, wait for it."""
        while self._lines.qsize() > _MOST_WAITING and self._writer.is_alive():
            time.sleep(0.001)
        self._lines.put(record)

    def close(self) -> None:
        """Write what is left."""
        self._lines.put(None)
        self._writer.join(_CLOSE_WITHIN)
        for handler in self._handlers:
            handler.close()
        super().close()

    def _write(self) -> None:
        while (record := self._lines.get()) is not None:
            for handler in self._handlers:
                handler.handle(record)


def _processors(service: str) -> list[Processor]:
    def name_the_service(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
        return {"service": service, **line}

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_the_service,
        structlog.processors.format_exc_info,  # here, where the exception is being handled
    ]


def _formatter(shared: list[Processor], *, readable: bool) -> logging.Formatter:
    last: list[Processor] = (
        [structlog.dev.ConsoleRenderer()] if readable else [structlog.processors.JSONRenderer()]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )


class _OnceInAWhile(logging.Filter):
    """Passes each message template of a talkative library once in 30 s."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(_TALKATIVE):
            return True
        place, now = (record.pathname, record.lineno), time.monotonic()
        if now - self._last.get(place, -_REPEAT_AFTER) < _REPEAT_AFTER:
            return False
        self._last[place] = now
        return True
