"""`tinbai logs`: the history, then what comes."""

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from stack.errors import StackError
from stack.logs import ArticleFilter, Line, merge, parse_all, rotated_files
from stack.tail import Tail

_POLL = 0.2


def select(
    directory: Path, sources: Sequence[str], article: str | None, *, follow: bool
) -> Iterator[Line]:
    """Give the lines asked for, in time order; with `follow`, without end."""
    if not directory.is_dir():
        raise StackError(f"There are no logs in {directory}.")
    lines = _lines(directory, sources, follow=follow)
    return _on_article(article, directory, sources, lines) if article else lines


def _on_article(
    article: str, directory: Path, sources: Sequence[str], lines: Iterable[Line]
) -> Iterator[Line]:
    wanted = ArticleFilter(article)
    # Once through the files before: a request's first lines come before its article has an id.
    for line in _lines(directory, sources, follow=False):
        wanted.learn(line)
    for line in lines:
        wanted.learn(line)
        if wanted.keeps(line):
            yield line


def _lines(directory: Path, sources: Sequence[str], *, follow: bool) -> Iterator[Line]:
    tails = [Tail(directory / f"{source}.log") for source in sources]
    older = [_read(rotated_files(directory, source)) for source in sources]
    yield from merge(
        parse_all(chain(past, tail.new_lines())) for past, tail in zip(older, tails, strict=True)
    )
    while follow:
        yield from merge(parse_all(tail.new_lines()) for tail in tails)
        time.sleep(_POLL)


def _read(files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from (line.rstrip("\n") for line in file)
