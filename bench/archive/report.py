"""Figures into a page, between two marks, with what they were measured on."""

import os
import platform
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "archive-figures.md"


def machine(bench: str = "bench.archive") -> str:
    """Tell what this is, and what runs on it."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    postgres = subprocess.run(
        ["pg_config", "--version"], capture_output=True, text=True, check=True, timeout=10
    ).stdout.strip()
    loads = " ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"`python -m {bench} {' '.join(['DATA', *sys.argv[2:]])}`, "
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {os.cpu_count()} cores "
        f"({model[1] if model else platform.machine()}), {memory:.0f} GiB, load {loads} at the "
        f"end; Python {platform.python_version()}, tantivy {version('tantivy')}, SQLite "
        f"{sqlite3.sqlite_version}, {postgres}."
    )


def write(part: str, text: str, file: Path = PAGE, bench: str = "bench.archive") -> None:
    """Put `text` in place of what stands in `part` of the page."""
    begin, end = f"<!-- {part}: written by {bench} -->", f"<!-- end of {part} -->"
    page = file.read_text()
    before, _, rest = page.partition(begin)
    assert rest, f"{file} has no {begin}"
    _, _, after = rest.partition(end)
    file.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}")


def table(*rows: tuple[object, ...]) -> str:
    """Make a table; the first row heads it."""
    head, *others = ([str(cell) for cell in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *others))
