"""nginx as a peer: one worker, without a log, that serves a folder's files."""

import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.stack.processes import free_port_base, until

_PATH = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"
_CONFIG = """
daemon off;
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {types}
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
    open_file_cache max=1000; gzip_static on;
    server {{ listen 127.0.0.1:{port}; root {public}; }}
}}
"""


@dataclass(frozen=True)
class Side:
    """A server: where it listens, and the process that does the work."""

    url: str
    process: psutil.Process


@contextmanager
def nginx(folder: Path, public: Path, types: str) -> Iterator[Side]:
    """Serve the files of `public`; `types` is the directive that says what they are, and `folder`
    is nginx's own."""
    port = free_port_base()
    user = f"{folder.owner()} {folder.group()}"
    config = folder / "nginx.conf"
    config.write_text(
        _CONFIG.format(user=user, folder=folder, port=port, public=public, types=types)
    )
    with subprocess.Popen([_program(), "-c", config, "-e", "stderr"]) as process:
        try:
            until(lambda: psutil.Process(process.pid).children())
            (worker,) = psutil.Process(process.pid).children()
            yield Side(f"http://127.0.0.1:{port}", worker)
        finally:
            process.terminate()


def nginx_version() -> str:
    """Name nginx with its version."""
    said = subprocess.run([_program(), "-v"], capture_output=True, text=True, check=True).stderr
    return said.strip().rpartition(" ")[2]


def spread(ratios: Sequence[float]) -> str:
    """Give the median, and the range."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def _program() -> str:
    return shutil.which("nginx", path=_PATH) or "nginx"
