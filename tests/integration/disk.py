"""A disk of a few megabytes, to be filled: a tmpfs in a mount namespace of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.stack.processes import until

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Disk:
    """Where it is for processes that are started with `inside` before their command."""

    path: Path
    inside: list[str]
    _holder: int

    @property
    def seen(self) -> Path:
        """Where it is for us."""
        return Path(f"/proc/{self._holder}/root{self.path}")

    @contextmanager
    def full(self, but: int = 0) -> Iterator[None]:
        """Leave no byte free, or so many, until the body ends."""
        filler = self.seen / "filler"
        with filler.open("wb", buffering=0) as file:
            for size in (_CHUNK, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue
            if but:
                file.truncate(max(0, file.tell() - but))
        try:
            yield
        finally:
            filler.unlink()


@contextmanager
def disk(path: Path, size: int) -> Iterator[Disk]:
    """Mount one at `path`, which need not be root's to do where users have namespaces."""
    path.mkdir()
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "-r"]
    mounting = f'mount -t tmpfs -o size={size} tmpfs "$0" && exec cat'
    with subprocess.Popen(
        [*alone, "sh", "-c", mounting, str(path)], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as holder:
        pipe, complaints = holder.stdin, holder.stderr
        assert pipe
        assert complaints
        namespaces = ["--mount"] if os.geteuid() == 0 else ["-U", "--preserve-credentials", "-m"]
        inside = ["nsenter", "-t", str(holder.pid), *namespaces, "--"]
        it = Disk(path, inside, holder.pid)

        def is_mounted() -> bool:
            if holder.poll() is not None:
                raise AssertionError(
                    f"neither root nor a user's namespace may mount a tmpfs here: "
                    f"{complaints.read().decode()}"
                )
            return it.seen.stat().st_dev != path.stat().st_dev

        until(is_mounted)
        yield it
        pipe.close()
