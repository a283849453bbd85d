"""Whether the ports are free, said before anything is started."""

import errno
import os
import socket
from collections.abc import Mapping

from stack.errors import StackError


def check_free(host: str, ports: Mapping[str, int]) -> None:
    """Raise StackError for the first port that is taken."""
    for name, port in ports.items():
        listen(host, name, port).close()


def listen(host: str, name: str, port: int) -> socket.socket:
    """Bind and listen, or say in a sentence why that can't be."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Sets SO_REUSEADDR, as the services do: a port left a moment ago isn't taken.
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise StackError(_sentence(error, host, name, port)) from error


def _sentence(error: OSError, host: str, name: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} ({name}) is taken: stop what listens there, "
            "or choose other ports with --port-base."
        )
    reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
    return f"Cannot listen on {host}, port {port} ({name}): {reason}."
