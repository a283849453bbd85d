"""kafka.lock: the broker's jars and their SHA-256; `python -m stack.lock` resolves it afresh."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

KAFKA_VERSION = "4.1.1"
LOCK_FILE = Path(__file__).with_name("kafka.lock")

# slf4j-simple: the broker logs to its standard error, and the stack keeps that in a file.
_ENDPOINT = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.slf4j:slf4j-simple:1.7.36"


@dataclass(frozen=True)
class Jar:
    """A file that Maven Central must give us, to the bit."""

    coordinate: str  # group:artifact:version
    sha256: str

    @property
    def file_name(self) -> str:
        """Its name, as Maven has it."""
        _, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def parse(text: str) -> list[Jar]:
    """Read lines of `SHA256  group:artifact:version`; `#` starts a comment."""
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return [Jar(coordinate, digest) for digest, coordinate in lines]


def locked_jars() -> list[Jar]:
    """Give the jars of the committed lock."""
    return parse(LOCK_FILE.read_text())


def lock_digest() -> str:
    """Name this set of jars: it changes when any of them does."""
    return sha256(LOCK_FILE.read_bytes()).hexdigest()[:12]


def resolve() -> list[Jar]:
    """Ask Maven Central what the endpoint needs today, in a throw-away folder."""
    # Imported late: it takes a quarter of a second, and only this needs it.
    from jgo.env import EnvironmentBuilder
    from jgo.maven import MavenContext

    with TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder, "maven"))
        environment = EnvironmentBuilder(context, cache_dir=Path(folder, "jgo")).from_endpoint(
            _ENDPOINT
        )
        found = environment.lockfile.dependencies if environment.lockfile else []
        jars = [Jar(f"{f.groupId}:{f.artifactId}:{f.version}", f.sha256 or "") for f in found]
        return sorted(jars, key=lambda jar: jar.coordinate)


if __name__ == "__main__":
    entries = "".join(f"{jar.sha256}  {jar.coordinate}\n" for jar in resolve())
    LOCK_FILE.write_text(f"# Made by `python -m stack.lock` from {_ENDPOINT}\n{entries}")
