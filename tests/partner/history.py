"""A partner's history for tests: what tinbai would tell it, and how it signs that."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import strategies as st

from partner.entry import Entry, digest_of

BEGAN = datetime(2026, 3, 2, 5, tzinfo=UTC)
KINDS = ("published", "corrected", "retracted", "removed")
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = {
    "id": "k1",
    "pem": PRIVATE.public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode(),
}


@dataclass(frozen=True)
class History:
    """Which article each entry was about, and its kind; the first has seq 1."""

    steps: tuple[tuple[int, str], ...]

    @property
    def last(self) -> int:
        return len(self.steps)

    def told(self, seq: int, at: int) -> Entry:
        """Give an entry as it is told once `at` is the newest seq."""
        number, kind = self.steps[seq - 1]
        article = self._article(seq)
        newer = [s for s in range(seq + 1, at + 1) if self.steps[s - 1][0] == number]
        gone = bool(newer) or kind == "removed"
        return Entry(
            seq=seq,
            id=str(UUID(int=number)),
            version=seq,
            kind=kind,
            reason="",
            digest=digest_of(article),
            article=None if gone else article,
            superseded=newer[-1] if newer else None,
        )

    def current(self) -> dict[str, Entry]:
        """Give the newest entry of each article: what a mirror must hold."""
        all_told = (self.told(seq, self.last) for seq in range(1, self.last + 1))
        return {entry.id: entry for entry in all_told if entry.superseded is None}

    def manifest(self, after: int = 0, last: int | None = None, **changes: Any) -> dict[str, Any]:
        """Give the signed list of a part; `changes` are made before it is signed."""
        last = self.last if last is None else last
        entries = [self.told(seq, self.last) for seq in range(after + 1, last + 1)]
        values: dict[str, Any] = {
            "partner": "bao",
            "date": "2026-03-02",
            "made": (BEGAN + timedelta(minutes=last)).isoformat(),
            "complete": True,
            "after": after,
            "last": last,
            "items": [
                {
                    "seq": each.seq,
                    "id": each.id,
                    "version": each.version,
                    "kind": each.kind,
                    "digest": each.digest,
                    "at": (BEGAN + timedelta(minutes=each.seq)).isoformat(),
                }
                for each in entries
            ],
            "next": None,
            "key": "k1",
        } | changes
        return values | {"signature": b64encode(PRIVATE.sign(rfc8785.dumps(values))).decode()}

    def _article(self, seq: int) -> dict[str, Any]:
        number, kind = self.steps[seq - 1]
        text = {} if kind == "retracted" else {"headline": f"Tít {seq}", "body": "<p>Nội dung</p>"}
        return {"id": str(UUID(int=number)), "version": seq, "duration": 1.5, **text}


histories = st.builds(
    History,
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(KINDS)), min_size=1, max_size=12).map(
        tuple
    ),
)
