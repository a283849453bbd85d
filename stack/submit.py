"""`tinbai submit`: one article in JSON, or many in NDJSON, for a unit without a system."""

import asyncio
import gzip
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import httpx2
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stack.door import admin_key, bearer, ingest_url, refusal
from stack.errors import StackError

_CALLERS = 32
_ATTEMPTS = 6
_SHOWN = 20
_TIMEOUT = 60.0  # seconds

Data = Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA", help="The stack's folder.")]


@dataclass
class Summary:
    """What became of the lines of a file."""

    codes: Counter[int] = field(default_factory=Counter)
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Line number and reason."""
    newest: str = ""
    """The id of the article that was accepted last."""

    def add(self, line: int, answer: httpx2.Response) -> None:
        """Count one answer."""
        self.codes[answer.status_code] += 1
        if answer.is_error:
            self.refused.append((line, refusal(answer)))
        else:
            self.newest = answer.json()["id"]

    def sentence(self) -> str:
        """Say it in a line."""
        known = f" ({self.codes[200]:,} known before)" if self.codes[200] else ""
        accepted = self.codes[201] + self.codes[200]
        return f"{accepted:,} accepted{known}, {len(self.refused):,} refused"


def submit(
    file: Annotated[Path, typer.Argument(help="JSON or NDJSON, plain or gzip.")],
    key: Annotated[
        str | None, typer.Option(envvar="TINBAI_KEY", help="The unit's key.", show_envvar=True)
    ] = None,
    unit: Annotated[
        str | None, typer.Option(help="With the stack's admin key: whose articles these are.")
    ] = None,
    data: Data = Path("data"),
) -> None:
    """Submit the articles of a file; exit 1 if any was refused.

    Safe to repeat: each line has an idempotency key of its own.
    """
    if not key and not unit:
        raise StackError("Say who submits: --key KEY (or TINBAI_KEY), or --unit CODE.")
    articles = list(read_articles(file))
    url = f"{ingest_url(data.absolute())}/v1/articles"
    if unit:
        url += f"?unit={unit}"
    summary = asyncio.run(_submit_all(articles, url, key or admin_key(data)))
    for line, reason in sorted(summary.refused)[:_SHOWN]:
        typer.echo(f"line {line}: {reason}", err=True)
    if len(summary.refused) > _SHOWN:
        typer.echo(f"… and {len(summary.refused) - _SHOWN:,} more", err=True)
    typer.echo(summary.sentence())
    if len(articles) == 1 and summary.newest:
        typer.echo(f"What becomes of it: tinbai timeline {summary.newest}")
    raise typer.Exit(1 if summary.refused else 0)


def read_articles(file: Path) -> Iterator[tuple[int, bytes]]:
    """Give each article of a file with the number of its line.

    A file that is one JSON object over many lines is one article.
    """
    try:
        content = file.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except OSError as error:
        raise StackError(f"Cannot read {file}: {error.strerror or error}.") from error
    except EOFError as error:
        raise StackError(f"Cannot read {file}: the gzip file ends too early.") from error
    lines = content.split(b"\n")
    if len(lines) > 1 and lines[0].strip() == b"{":
        yield 1, content
        return
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, line


async def _submit_all(articles: list[tuple[int, bytes]], url: str, key: str) -> Summary:
    summary = Summary()
    lines = iter(articles)
    with _progress() as progress:
        task = progress.add_task("Submitting", total=len(articles))

        async def call(client: httpx2.AsyncClient) -> None:
            # All callers draw from one iterator, so each line is one caller's.
            for number, article in lines:
                summary.add(number, await _post(client, url, article))
                progress.advance(task)

        async with httpx2.AsyncClient(headers=bearer(key), timeout=_TIMEOUT) as client:
            await asyncio.gather(*(call(client) for _ in range(_CALLERS)))
    return summary


async def _post(client: httpx2.AsyncClient, url: str, article: bytes) -> httpx2.Response:
    once = {"Idempotency-Key": hashlib.sha256(article).hexdigest()}
    error: object = None
    for attempt in range(_ATTEMPTS):
        if attempt:
            await asyncio.sleep(0.2 * 2**attempt)
        try:
            answer = await client.post(url, content=article, headers=once)
        except httpx2.TransportError as failed:
            error = failed
            continue
        if answer.status_code == 401:
            raise StackError("Ingest does not know this key.")
        if answer.status_code < 500:
            return answer
        error = refusal(answer)
    raise StackError(f"Ingest at {url} does not answer, after {_ATTEMPTS} attempts: {error}.")


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    return Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal
    )
