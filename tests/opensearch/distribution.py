"""OpenSearch's files, fetched once by `python -m tests.opensearch.distribution` and checked against
opensearch.lock."""

import shutil
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

from stack.cache import cache_dir, locked_cache, scratch
from stack.lock import Jar, parse

_LOCK = Path(__file__).with_name("opensearch.lock")
# A node needs no more of its modules than the one by which it talks.
_NEEDED = ("lib/", "agent/", "modules/transport-netty4/")


def home() -> Path:
    """Give the folder of the distribution, after fetching it if this is the first time."""
    [archive] = parse(_LOCK.read_text())
    folder = cache_dir() / f"opensearch-{archive.sha256[:12]}"
    if not folder.is_dir():
        with locked_cache() as cache:
            if not folder.is_dir():
                with scratch(cache, "fetching-opensearch") as part:
                    _unpack(_fetched(archive, part / "maven"), part / "unpacked")
                    # Only now does it get its name: one that was cut short leaves nothing behind.
                    (part / "unpacked").rename(folder)
    return folder


def _fetched(archive: Jar, repository: Path) -> Path:
    from jgo.maven import MavenContext  # late, for it takes a while

    group, artifact, version = archive.coordinate.split(":")
    project = MavenContext(repo_cache=repository).project(group, artifact)
    file = Path(project.at_version(version).artifact("", "zip").resolve())
    with file.open("rb") as content:
        digest = sha256()
        while part := content.read(1024 * 1024):
            digest.update(part)
    assert digest.hexdigest() == archive.sha256, archive
    return file


def _unpack(file: Path, target: Path) -> None:
    with ZipFile(file) as archive:
        for each in archive.infolist():
            path = each.filename.partition("/")[2]
            if path.startswith(_NEEDED) and not each.is_dir():
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                with archive.open(each) as content, (target / path).open("wb") as out:
                    shutil.copyfileobj(content, out)


if __name__ == "__main__":
    home()
