"""`tinbai demo`: a few units, articles and pictures, to see a stack at work. All invented."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx2
import typer

from stack.demo.addresses import layout_of, worth_opening
from stack.demo.calls import Ingest
from stack.demo.content import Content, corrected, read_content, retraction, submission
from stack.demo.pictures import PICTURES
from stack.door import admin_key, bearer, ingest_url

_TIMEOUT = 30.0  # seconds

Data = Annotated[Path, typer.Option("--data", envvar="TINBAI_DATA", help="The stack's folder.")]


def demo(data: Data = Path("data")) -> None:
    """Put a few units, articles and pictures into the running stack; again changes nothing."""
    data = data.absolute()
    url, key = ingest_url(data), admin_key(data)
    with httpx2.Client(base_url=url, headers=bearer(key), timeout=_TIMEOUT) as http:
        ids = fill(Ingest(http), read_content())
    typer.echo("\nWorth opening:")
    for name, address in worth_opening(layout_of(data), ids).items():
        typer.echo(f"  {name:<16} {address}")


def fill(ingest: Ingest, content: Content) -> dict[str, str]:
    """Hand everything in, and say how it went; give the articles' ids by `external_id`."""
    for kind, entries in content.registry.items():
        _tell(kind, [ingest.register(kind, entry) for entry in entries])
    pictures = {name: ingest.upload(draw().png()) for name, draw in PICTURES.items()}
    ids = _submit(ingest, content, pictures)
    _correct(ingest, content, pictures, ids)
    _retract(ingest, content, ids)
    return ids


def _submit(ingest: Ingest, content: Content, pictures: Mapping[str, str]) -> dict[str, str]:
    ids: dict[str, str] = {}
    added = []
    for article in content.articles:
        given = submission(article, pictures, ids, datetime.now(UTC))
        ids[article["external_id"]], is_new = ingest.submit(article["unit"], given)
        added.append(is_new)
    _tell("articles", added)
    return ids


def _correct(
    ingest: Ingest, content: Content, pictures: Mapping[str, str], ids: Mapping[str, str]
) -> None:
    added = []
    for correction in content.corrections:
        given = submission(content.article(correction["article"]), pictures, ids, datetime.now(UTC))
        added.append(ingest.correct(ids[correction["article"]], corrected(given, correction)))
    _tell("corrections", added)


def _retract(ingest: Ingest, content: Content, ids: Mapping[str, str]) -> None:
    _tell(
        "retractions",
        [ingest.retract(ids[end["article"]], retraction(end)) for end in content.retractions],
    )


def _tell(what: str, added: Iterable[bool]) -> None:
    """Say how many are new, and how many were there."""
    counted = Counter("added" if is_new else "there already" for is_new in added)
    listed = ", ".join(f"{count} {how}" for how, count in sorted(counted.items()))
    typer.echo(f"{what:<18} {listed}")
