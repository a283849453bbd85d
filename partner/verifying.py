"""Whether a mirror holds what the signed manifests list: nothing missing, altered or too much.

Of each article the newest entry counts: its text is looked at, and that it was taken down.
"""

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from partner.entry import STANDING, Entry, Invalid, digest_of
from partner.known import Known


class Fault(StrEnum):
    """What can be wrong."""

    MISSING = "missing"
    ALTERED = "altered"
    TOO_MUCH = "too-much"
    NOT_TAKEN_DOWN = "not-taken-down"
    NOT_FETCHED = "not-fetched"
    GAP = "gap"
    BAD_SIGNATURE = "bad-signature"


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, with the article or the day that it is about."""

    fault: Fault
    what: str
    detail: str


class Line(NamedTuple):
    """What a manifest lists of an entry."""

    seq: int
    version: int
    kind: str
    digest: str
    at: datetime


class Kept(NamedTuple):
    """What a mirror's file says of itself, and the digest of the article that is in it."""

    seq: int
    version: int
    kind: str
    digest: str
    real_digest: str | None


@dataclass
class Ledger:
    """What all manifests list, taken in from the first to the last."""

    partner: str
    key: Mapping[str, Any]
    newest: dict[str, Line] = field(default_factory=dict)
    last: int = 0
    made: datetime | None = None

    def take(self, manifest: Mapping[str, Any]) -> Iterator[Finding]:
        """Take in the next part. One that isn't signed well is read all the same: what it lists
        helps to find out what happened. Raises Invalid."""
        try:
            day = str(manifest["date"])
            after, last = int(manifest["after"]), int(manifest["last"])
            lines = [(str(item["id"]), _line(item)) for item in manifest["items"]]
            self.made = datetime.fromisoformat(manifest["made"])
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid(f"this is no manifest: {error!r}") from error
        if not is_signed(manifest, self.key):
            yield Finding(Fault.BAD_SIGNATURE, day, "its signature is not right")
        elif manifest.get("partner") != self.partner:
            yield Finding(Fault.BAD_SIGNATURE, day, "it is another partner's")
        if after != self.last:
            detail = f"it begins after {after}, and the one before ends at {self.last}"
            yield Finding(Fault.GAP, day, detail)
        if [line.seq for _, line in lines] != list(range(after + 1, last + 1)):
            yield Finding(Fault.GAP, day, f"it does not list each seq above {after} up to {last}")
        self.newest.update(lines)
        self.last = last


def is_signed(manifest: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
    """Whether the manifest's signature is right: Ed25519 over the canonical JSON (RFC 8785) of all
    but the signature."""
    public = load_pem_public_key(str(key["pem"]).encode())
    if not isinstance(public, Ed25519PublicKey):
        raise Invalid("the key is not an Ed25519 key")
    rest = {name: value for name, value in manifest.items() if name != "signature"}
    try:
        public.verify(b64decode(str(manifest.get("signature"))), rfc8785.dumps(rest))
    except (InvalidSignature, ValueError):
        return False
    return True


def kept(entry: Entry) -> Kept:
    """Look at what a mirror holds of an article."""
    try:
        real = digest_of(entry.article) if entry.article is not None else None
    except ValueError:
        real = ""
    return Kept(entry.seq, entry.version, entry.kind, entry.digest, real)


def compare(
    ledger: Ledger,
    held: Mapping[str, Kept | None],
    known: Known,
    patience: timedelta,
) -> Iterator[Finding]:
    """Say what is wrong with a mirror; None is a file that can't be read. What was told less than
    `patience` before the last manifest was made may still be on its way."""
    if known.last > ledger.last:
        detail = f"the mirror was told up to {known.last}, and tinbai lists up to {ledger.last}"
        yield Finding(Fault.GAP, "changes", detail)
    on_time = ledger.made - patience if ledger.made else None
    not_fetched = []
    for article in sorted(held.keys() | ledger.newest.keys()):
        line = ledger.newest.get(article)
        if line is None:
            yield Finding(Fault.TOO_MUCH, article, "no manifest lists it")
            continue
        copy = held.get(article)
        if line.seq not in known and (copy is None or copy.seq < line.seq):
            if on_time is None or line.at <= on_time:
                not_fetched.append(line.seq)
        elif article not in held:
            yield Finding(Fault.MISSING, article, f"seq {line.seq} is not there")
        else:
            yield from _differences(article, line, copy)
    if not_fetched:
        seqs = f"{min(not_fetched)} to {max(not_fetched)}"
        detail = f"{len(not_fetched)} articles have news that were never fetched, seq {seqs}"
        yield Finding(Fault.NOT_FETCHED, "changes", detail)


def _differences(article: str, line: Line, copy: Kept | None) -> Iterator[Finding]:
    def found(fault: Fault, detail: str) -> Iterator[Finding]:
        yield Finding(fault, article, f"seq {line.seq}: {detail}")

    stands = line.kind in STANDING
    if copy is None:
        yield from found(Fault.ALTERED, "its file can't be read")
    elif not stands and copy.kind in STANDING:
        yield from found(Fault.NOT_TAKEN_DOWN, f"{line.kind}, but it stands as seq {copy.seq}")
    elif copy.seq < line.seq:
        yield from found(Fault.MISSING, f"the mirror has seq {copy.seq}")
    elif copy[:4] != line[:4]:
        yield from found(Fault.ALTERED, "seq, version, kind or digest is another")
    elif stands and copy.real_digest is None:
        yield from found(Fault.ALTERED, "its text is gone")
    elif copy.real_digest not in (None, line.digest):
        fault = Fault.ALTERED if stands else Fault.NOT_TAKEN_DOWN
        yield from found(fault, "the text is another than the digest says")


def verify(
    ledger: Ledger,
    manifests: Iterable[Mapping[str, Any]],
    held: Mapping[str, Kept | None],
    known: Known,
    patience: timedelta = timedelta(0),
) -> list[Finding]:
    """Say all that is wrong. What is `held` must have been read before the first manifest was asked
    for: what came in between is then on its way, and not too much."""
    findings = [finding for manifest in manifests for finding in ledger.take(manifest)]
    return findings + list(compare(ledger, held, known, patience))


def _line(item: Mapping[str, Any]) -> Line:
    at = datetime.fromisoformat(item["at"])
    return Line(int(item["seq"]), int(item["version"]), str(item["kind"]), str(item["digest"]), at)
