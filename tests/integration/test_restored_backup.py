"""syndicate's store is backed up: an older one is brought up to date from where it stood."""

import shutil
import sqlite3
from pathlib import Path

from tests.integration.backlog import pile_up
from tests.stack.processes import until
from tests.syndicate.service import Service, syndicate

EACH = 20


def shown(service: Service) -> int:
    return len(service.get("/feeds/latest.json").json()["items"])


async def test_a_store_that_was_restored_misses_nothing(bootstrap: str, tmp_path: Path) -> None:
    """The group has committed what only the newer store had read."""
    file, backup = tmp_path / "data" / "syndicate" / "syndicate.db", tmp_path / "backup.db"
    data = tmp_path / "data"
    with syndicate(data, bootstrap) as first:
        until(lambda: first.get("/readyz").json()["kafka"] == "up")
        await pile_up(bootstrap, EACH)
        until(lambda: shown(first) == EACH)
        with sqlite3.connect(file) as live, sqlite3.connect(backup) as copy:
            live.backup(copy)
        await pile_up(bootstrap, EACH)
        until(lambda: shown(first) == 2 * EACH)
        first.stop()
    for old in file.parent.glob("syndicate.db*"):
        old.unlink()
    shutil.copyfile(backup, file)

    with syndicate(data, bootstrap) as restored:
        until(lambda: shown(restored) == 2 * EACH)
