"""A process that is killed while it writes neither loses nor repeats anything."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from schemas.article import Article
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.filters import Filters
from services.archive.catalogue.registry import Registry
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.language.question import Question
from tests.factories import article

BATCH = 5
KILLS = 4
NEVER = 10**9
LOG = ("articles", 0)


def sample(offset: int) -> Article:
    """The record at `offset` of a topic that never changes."""
    return article(id=UUID(int=offset), headline=f"Tin số {offset}")


def index_from_where_it_stands(folder: Path, end: int = NEVER) -> None:
    """What the killed process does: say when each batch is committed, and go on."""
    engine = EmbeddedEngine(folder)
    for start in range(engine.offsets.get(LOG, 0), end, BATCH):
        batch = [sample(offset) for offset in range(start, start + BATCH)]
        engine.take(batch, {LOG: start + BATCH})
        sys.stdout.write(f"{start + BATCH}\n")
        sys.stdout.flush()
    engine.close()


def committed_before_kill(folder: Path) -> int:
    program = (
        "from pathlib import Path; from tests.archive.test_kill import index_from_where_it_stands;"
        f"index_from_where_it_stands(Path({str(folder)!r}))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        committed = [int(process.stdout.readline()) for _ in range(3)]
        os.kill(process.pid, signal.SIGKILL)
    return committed[-1]


def test_killed_in_mid_write_it_goes_on_where_its_last_commit_ends(tmp_path):
    folder = tmp_path / "index"
    for _ in range(KILLS):
        told = committed_before_kill(folder)
        engine = EmbeddedEngine(folder)
        reached = engine.offsets[LOG]
        assert reached >= told
        assert Catalogue(engine, Registry(engine)).count() == reached
        engine.close()

    end = reached + 2 * BATCH
    index_from_where_it_stands(folder, end)
    engine = EmbeddedEngine(folder)
    catalogue = Catalogue(engine, Registry(engine))
    found = catalogue.by_time(Question(), Filters(), end + 1)
    assert sorted(hit.article.id.int for hit in found.hits) == list(range(end))
