"""`tinbai broker`: the broker without a supervisor, as a container has it."""

import os
from typing import NoReturn

from stack.aot import prepared_java
from stack.broker import Broker
from stack.layout import Layout


def become_broker(layout: Layout, advertised_host: str) -> NoReturn:
    """Turn this process into the broker, so that a container's signals reach it."""
    broker = Broker.of(layout, prepared_java(), layout.host, advertised_host)
    broker.prepare()
    os.chdir(broker.folder)
    os.execve(broker.command[0], broker.command, dict(broker.java.environment))  # noqa: S606
