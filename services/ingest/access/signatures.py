"""Signed requests: RFC 9421 with Ed25519, and the body's digest by RFC 9530. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import http_sf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    VerifyResult,
)
from http_message_signatures.algorithms import ED25519

from services.common.problems import Problem, unauthorized
from services.common.said import said

MAX_AGE = timedelta(seconds=60)
SKEW = timedelta(seconds=5)
_DIGEST_SIZES = {"sha-256": 32, "sha-512": 64}
_NONCE = range(8, 129)  # characters

# For ids that nobody has: verifying takes as long as for others, and fails, as nobody can sign.
_NOBODYS = Ed25519PrivateKey.generate().public_key()


@dataclass(frozen=True)
class Message:
    """A request as it was signed: `url` is the public one, with the path and query as sent."""

    method: str
    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Signed:
    """What a good signature says."""

    key: str
    nonce: str
    until: datetime
    """After this the signature is too old."""
    digests: Mapping[str, bytes]
    """Of the body, by algorithm; empty where the signature covers none."""


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, find: Callable[[str], Ed25519PublicKey | None]) -> None:
        self._find = find

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        return self._find(key_id) or _NOBODYS


def verified(message: Message, find: Callable[[str], Ed25519PublicKey | None]) -> Signed:
    """Check a signature with the key that `find` gives for its id. Raises Problem (401).

    That the nonce is new, and the body the one that was signed, is not looked at here.
    """
    verifier = HTTPMessageVerifier(signature_algorithm=ED25519, key_resolver=_Keys(find))
    verifier.max_clock_skew = SKEW
    try:
        result = verifier.verify(message, max_age=MAX_AGE)[0]
    except HTTPMessageSignaturesException:
        raise _not_good() from None
    return _signed(result)


def _signed(result: VerifyResult) -> Signed:
    covered = result.covered_components
    whole_address = '"@target-uri"' in covered or {'"@path"', '"@query"'} <= covered.keys()
    if '"@method"' not in covered or not whole_address:
        raise unauthorized(
            said("The signature must cover `@method`, and `@target-uri` or `@path` and `@query`.")
        )
    if result.nonce is None or len(result.nonce) not in _NONCE:
        raise unauthorized(
            said(
                "The signature needs a `nonce` of {least} to {most} characters.",
                least=_NONCE[0],
                most=_NONCE[-1],
            )
        )
    created = datetime.fromtimestamp(int(result.parameters["created"]), UTC)
    digest = covered.get('"content-digest"')
    return Signed(
        str(result.parameters["keyid"]),
        result.nonce,
        created + MAX_AGE + SKEW,
        {} if digest is None else _digests(digest),
    )


def _digests(field: str) -> dict[str, bytes]:
    """Read a `Content-Digest`; algorithms that we do not know are passed over."""
    try:
        members: Any = http_sf.parse(field.encode(), tltype="dictionary")
    except ValueError:
        members = {}
    known = {
        name: member[0]
        for name, member in members.items()
        if isinstance(member[0], bytes) and len(member[0]) == _DIGEST_SIZES.get(name)
    }
    if not known:
        raise unauthorized(said("`Content-Digest` must hold a digest by sha-256 or sha-512."))
    return known


def _not_good() -> Problem:
    """One sentence for all that can be wrong: which keys we know is not told."""
    return unauthorized(
        said(
            "The signature is not good. It must be by an Ed25519 key that is registered under its "
            "`keyid`, over the public address, and at most {seconds} s old; here it is {time}.",
            seconds=int(MAX_AGE.total_seconds()),
            time=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    )
