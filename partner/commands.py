"""The commands for what a partner runs. 0: all is well; 1: verify found something; 2: it could not
be done."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from partner.client import Client, Refused, Unavailable
from partner.entry import Invalid
from partner.mirror import Mirror
from partner.verifying import Finding, Ledger, kept, verify

Folder = Annotated[Path, typer.Argument(help="The mirror's folder.")]
Url = Annotated[
    str, typer.Option("--url", envvar="TINBAI_SYNDICATE_URL", help="Where tinbai's syndicate is.")
]
Code = Annotated[
    str, typer.Option("--partner", envvar="TINBAI_PARTNER", help="Your code at tinbai.")
]
Key = Annotated[
    str,
    typer.Option(
        "--key", envvar="TINBAI_PARTNER_KEY", help="Your key.", show_envvar=True, metavar="KEY"
    ),
]

_LONG_POLL = 30  # seconds
_PINNED = "signing-key.json"


@contextmanager
def _told() -> Iterator[None]:
    """Say in a sentence what went wrong."""
    try:
        yield
    except (Refused, Unavailable, Invalid, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def mirror(
    folder: Folder,
    code: Code,
    key: Key,
    url: Url = "http://127.0.0.1:8002",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as news comes.")] = False,
    replay: Annotated[bool, typer.Option("--replay", help="Ask for everything again.")] = False,
) -> None:
    """Bring a folder up to date with all that you were told, from `changes`."""
    with _told(), Client(url, code, key) as client:
        copy = Mirror(folder)
        after = 0 if replay else copy.after
        while (page := client.changes(after, wait=_LONG_POLL if follow else 0)) or follow:
            for entry in copy.apply(page):
                typer.echo(f"{entry.seq} {entry.kind} {entry.id} version {entry.version}")
            after = page[-1].seq if page else after
        typer.echo(f"Up to date with seq {copy.after}.")


def verify_mirror(
    folder: Folder,
    code: Code,
    key: Key,
    url: Url = "http://127.0.0.1:8002",
    patience: Annotated[
        int, typer.Option(min=0, help="Seconds for which news may not be fetched yet.")
    ] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Check a folder against the signed manifests; exit 1 if anything is missing, altered, too much
    or not taken down."""
    with _told(), Client(url, code, key) as client:
        copy = Mirror(folder)
        # Before the manifests: what comes in between is on its way, and not too much.
        held = {
            name: kept(entry) if entry and entry.id == name else None
            for name, entry in copy.all_held()
        }
        ledger = Ledger(code, _pinned(folder / _PINNED, client))
        parts = (part for day in client.manifest_days() for part in client.manifests(day))
        findings = verify(ledger, parts, held, copy.known, timedelta(seconds=patience))
    report = _as_json if as_json else _as_text
    typer.echo(report(ledger, findings))
    raise typer.Exit(1 if findings else 0)


def _pinned(file: Path, client: Client) -> dict[str, Any]:
    """Give the key that was first seen, or put there by hand: tinbai's stays the same."""
    if not file.exists():
        file.write_text(json.dumps(client.public_key(), indent=2))
    key: dict[str, Any] = json.loads(file.read_bytes())
    return key


def _as_text(ledger: Ledger, findings: list[Finding]) -> str:
    lines = [f"{each.fault:<15} {each.what}  {each.detail}" for each in findings]
    verdict = f"{len(findings)} faults." if findings else "All is as it was told."
    whole = f"{len(ledger.newest)} articles, {ledger.last} entries, key {ledger.key['id']}."
    return "\n".join([*lines, f"{whole} {verdict}"])


def _as_json(ledger: Ledger, findings: list[Finding]) -> str:
    return json.dumps(
        {
            "articles": len(ledger.newest),
            "last": ledger.last,
            "key": ledger.key["id"],
            "findings": [asdict(each) for each in findings],
        },
        indent=2,
    )


COMMANDS: dict[str, Callable[..., None]] = {"mirror": mirror, "verify": verify_mirror}
