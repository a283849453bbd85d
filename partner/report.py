"""A mirror's folder held against tinbai's manifests, and what there is to say."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from partner.client import Client
from partner.entry import Invalid
from partner.mirror import Mirror
from partner.verifying import Finding, Ledger, kept, verify

PINNED = "signing-key.json"
"""The key that was seen first, or put there by hand: tinbai's stays the same."""


@dataclass(frozen=True)
class Report:
    """What is wrong with a mirror; nothing if it is as it was told."""

    articles: int
    """Of which the partner was told."""
    last: int
    """The newest seq."""
    key: str
    """The id of the key that signed."""
    findings: Sequence[Finding]

    def as_text(self) -> str:
        """For people: a finding a line, then the verdict."""
        lines = [f"{each.fault:<15} {each.what}  {each.detail}" for each in self.findings]
        verdict = f"Faults: {len(lines)}." if lines else "All is as it was told."
        whole = f"{self.articles} articles, {self.last} entries, signed by {self.key}."
        return "\n".join([*lines, f"{whole} {verdict}"])

    def as_json(self) -> str:
        """For scripts."""
        return json.dumps(asdict(self), indent=2)


def report(folder: Path, client: Client, patience: float) -> Report:
    """Verify a mirror; `patience` in seconds. Raises what the client raises, and Invalid."""
    if not folder.is_dir():
        raise Invalid(f"there is no folder {folder}")
    mirror = Mirror(folder)
    # Before the manifests are asked for: what comes in between is on its way, and not too much.
    held = {
        name: kept(entry) if entry and entry.id == name else None
        for name, entry in mirror.all_held()
    }
    key = _key(folder / PINNED, client)
    ledger = Ledger(client.code, key)
    manifests = (part for day in client.manifest_days() for part in client.manifests(day))
    findings = verify(ledger, manifests, held, mirror.known, timedelta(seconds=patience))
    return Report(len(ledger.newest), ledger.last, str(key.get("id")), findings)


def _key(file: Path, client: Client) -> dict[str, Any]:
    if not file.exists():
        file.write_text(json.dumps(client.public_key(), indent=2))
    try:
        key: dict[str, Any] = json.loads(file.read_bytes())
    except ValueError as error:
        raise Invalid(f"{file} can't be read: {error}") from error
    return key
