"""Several syndicates on one PostgreSQL: they share the work, and each shows all of it."""

from contextlib import ExitStack
from pathlib import Path

import psycopg

from tests.integration.backlog import pile_up
from tests.stack.processes import until
from tests.syndicate.service import Service, syndicate

EACH = 12


def shown(service: Service) -> int:
    return len(service.get("/feeds/latest.json").json()["items"])


def read_up_to(url: str) -> int:
    """How many records of articles the store has the positions of."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT coalesce(sum(\"offset\"), 0) FROM syndicate.position WHERE topic = 'articles'"
        ).fetchone()
    assert row
    return int(row[0])


async def test_they_share_the_work_and_one_goes_on_when_the_other_dies(
    bootstrap: str, postgresql_url: str, tmp_path: Path
) -> None:
    with ExitStack() as running:
        one, two = (
            running.enter_context(
                syndicate(tmp_path / name, bootstrap, "--database-url", postgresql_url)
            )
            for name in ("one", "two")
        )
        until(lambda: all(each.get("/readyz").json()["kafka"] == "up" for each in (one, two)))
        await pile_up(bootstrap, EACH)
        until(lambda: [shown(each) for each in (one, two)] == [EACH, EACH])

        one.process.kill()
        await pile_up(bootstrap, EACH)

        until(lambda: shown(two) == 2 * EACH)
        until(lambda: read_up_to(postgresql_url) == 2 * EACH)
