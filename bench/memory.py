"""Whether ingest's memory stays flat: it submits by batches and one by one, and prints the curve.

`python -m bench.memory [SUBMISSIONS]` makes the table for docs/figures.md; 200,000 by default.
"""

import asyncio
import sys
import tempfile
from itertools import islice
from pathlib import Path

import httpx2
import psutil

from bench.ingest_load import batch, singles, submissions
from tests.integration.services import NEWSROOM, Place, is_relayed
from tests.stack.processes import free_port_base, until

_STEP = 10_000
_LINES = 8000  # of each step in a batch, the others one by one
_CALLERS = 32
_PATIENCE = 300.0  # seconds


def main(submitted: int = 200_000) -> None:
    """Measure, and print a table in Markdown."""
    with tempfile.TemporaryDirectory(prefix="tinbai-bench-") as folder:
        place = Place(Path(folder) / "data", free_port_base())
        with place.broker(), place.service("ingest", rate_per_second=1_000_000) as ingest:
            until(lambda: place.kafka_is_up("ingest"))
            place.add_unit("BENCH")
            key = httpx2.post(
                f"{place.url('ingest')}/v1/admin/units/BENCH/keys", headers=NEWSROOM
            ).json()["key"]
            process, source = psutil.Process(ingest.pid), submissions(0)
            print("| submissions | resident, MB | of that its own, MB |\n|---|---|---|")
            for done in range(0, submitted + 1, _STEP):
                if done:
                    bodies = list(islice(source, _STEP))
                    asyncio.run(_submit(place.base + 1, key, bodies))
                until(lambda: is_relayed(place), _PATIENCE)
                used = process.memory_full_info()
                print(f"| {done:,} | {used.rss / 1e6:.0f} | {used.uss / 1e6:.0f} |", flush=True)


async def _submit(port: int, key: str, bodies: list[bytes]) -> None:
    await batch(port, key, bodies[:_LINES])
    await singles(port, key, bodies[_LINES:], _CALLERS)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
