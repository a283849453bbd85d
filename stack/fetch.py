"""Fetch the broker's jars: once, checked against kafka.lock, complete or not at all."""

import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from rich.console import Console
from rich.progress import track

from stack.cache import cache_dir, locked_cache, scratch
from stack.errors import StackError
from stack.lock import KAFKA_VERSION, Jar, lock_digest, locked_jars

_AT_ONCE = 8
_ATTEMPTS = 3
_PAUSE = 1.0  # seconds between attempts


def jars_dir() -> Path:
    """Where the jars of this lock are, once fetched."""
    return cache_dir() / f"kafka-{KAFKA_VERSION}-{lock_digest()}"


def ensure_jars() -> list[Path]:
    """Give the broker's class path, after fetching what it needs if this is the first start."""
    if not jars_dir().is_dir():
        with locked_cache() as cache:
            if not jars_dir().is_dir():
                _fetch(cache)
    return [jars_dir() / jar.file_name for jar in locked_jars()]


def _fetch(cache: Path) -> None:
    with scratch(cache, "fetching") as folder:
        complete = folder / "jars"
        complete.mkdir()
        try:
            _download(locked_jars(), folder / "maven", complete)
        except (OSError, RuntimeError) as error:  # requests' errors are OSErrors
            raise StackError(
                f"Apache Kafka could not be fetched from Maven Central ({_cause(error)}): "
                "the first start needs the network, later ones don't."
            ) from error
        # Only now does it get its name: a fetch that was cut short leaves nothing behind.
        complete.rename(jars_dir())


def _download(jars: list[Jar], repository: Path, target: Path) -> None:
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        waiting = [pool.submit(_fetch_jar, jar, repository, target) for jar in jars]
        for done in track(
            as_completed(waiting),
            f"Fetching Apache Kafka {KAFKA_VERSION} (43 MB, this once)",
            total=len(waiting),
            console=Console(stderr=True),
        ):
            done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _fetch_jar(jar: Jar, repository: Path, target: Path) -> None:
    fetched = _from_maven(jar, repository)
    found = sha256(fetched.read_bytes()).hexdigest()
    if found != jar.sha256:
        raise StackError(
            f"{jar.file_name} is refused: its SHA-256 is {found}, and kafka.lock says {jar.sha256}."
        )
    fetched.rename(target / jar.file_name)


def _from_maven(jar: Jar, repository: Path) -> Path:
    # Imported late: only a first start needs it, and it takes a quarter of a second.
    from jgo.maven import MavenContext

    artifact = MavenContext(repo_cache=repository).create_dependency(jar.coordinate).artifact
    for _ in range(_ATTEMPTS - 1):
        with suppress(OSError):
            return artifact.resolve()
        if artifact.cached_path:  # cut short, it would pass for the whole file
            artifact.cached_path.unlink(missing_ok=True)
        time.sleep(_PAUSE)
    return artifact.resolve()


def _cause(error: OSError | RuntimeError) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)
