"""rome's jars, fetched once by `python -m tests.readers.jars` and checked against rome.lock."""

import os
from hashlib import sha256
from pathlib import Path

from stack.cache import locked_cache
from stack.lock import Jar, parse

LOCK = Path(__file__).with_name("rome.lock")


def class_path() -> str:
    """Give what CLASSPATH must be."""
    with locked_cache() as cache:
        return os.pathsep.join(str(_fetched(jar, cache)) for jar in parse(LOCK.read_text()))


def _fetched(jar: Jar, cache: Path) -> Path:
    file = cache / "readers" / jar.file_name
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        found = _from_maven(jar, cache / "readers" / "maven")
        assert sha256(found.read_bytes()).hexdigest() == jar.sha256, jar
        found.rename(file)
    return file


def _from_maven(jar: Jar, repository: Path) -> Path:
    from jgo.maven import MavenContext  # late, for it takes a while

    maven = MavenContext(repo_cache=repository)
    return Path(maven.create_dependency(jar.coordinate).artifact.resolve())


if __name__ == "__main__":
    class_path()
