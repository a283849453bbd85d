"""The archive beside what else could do its work: `python -m bench.archive DATA`.

DATA holds `news-dev.ndjson.gz` and `stories-dev.json`. At 50,000 articles beside bare tantivy-py,
SQLite FTS5, PostgreSQL and OpenSearch; at 1,000,000 beside bare tantivy-py. The figures go into
docs/archive-figures.md. `--part` measures one of the two, `--keep FOLDER` keeps the large index
there, or takes the one that is there.
"""

import argparse
import tempfile
from pathlib import Path

from bench.archive import beside, large, report


def main() -> None:
    asked = argparse.ArgumentParser(prog="bench.archive")
    asked.add_argument("data", type=Path)
    asked.add_argument("--part", choices=["beside", "large"])
    asked.add_argument("--articles", type=int, help="fewer, to try it out: no page is written")
    asked.add_argument("--keep", type=Path)
    given = asked.parse_args()
    for part, count, measure in (
        ("beside", beside.ARTICLES, beside.measured),
        ("large", large.ARTICLES, large.measured),
    ):
        if given.part in (None, part):
            with tempfile.TemporaryDirectory(prefix="tinbai-bench-") as folder:
                keep = given.keep if part == "large" and given.keep else Path(folder)
                text = measure(given.data, keep, given.articles or count)
            text = f"{text}\n\n{report.machine()}"
            print(text, flush=True)
            if not given.articles:
                report.write(part, text)


if __name__ == "__main__":
    main()
