"""The signature of a webhook, as Standard Webhooks has it (standardwebhooks.com, version 1.0).

A few lines of the standard library; `pip install standardwebhooks` does the same.
"""

import hmac
import time
from base64 import b64decode
from collections.abc import Mapping, Sequence
from hashlib import sha256

TOLERANCE = 300
"""Seconds that a webhook may be old, or our clock behind."""


class BadSignature(Exception):
    """It is not from tinbai, or not from now: answer 401 and do nothing else."""


def verified(
    body: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[str],
    *,
    now: float | None = None,
) -> str:
    """Give the webhook's id, which is the same on every attempt. While a secret is being changed,
    give the old and the new one. `headers` are found by their lower-case names. Raises
    BadSignature."""
    message = headers.get("webhook-id", "")
    sent = headers.get("webhook-timestamp", "")
    if not message or not sent.isascii() or not sent.isdigit() or len(sent) > 12:
        raise BadSignature("webhook-id or webhook-timestamp is missing")
    if abs((time.time() if now is None else now) - int(sent)) > TOLERANCE:
        raise BadSignature("webhook-timestamp is too far from now")
    signed = b"%s.%s.%s" % (message.encode(), sent.encode(), body)
    good = [hmac.digest(_key(secret), signed, sha256) for secret in secrets]
    for each in headers.get("webhook-signature", "").split():
        version, _, given = each.partition(",")
        if version == "v1" and any(hmac.compare_digest(_bytes(given), right) for right in good):
            return message
    raise BadSignature("no signature in webhook-signature is right")


def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix("whsec_") + "==")


def _bytes(given: str) -> bytes:
    try:
        return b64decode(given, validate=True)
    except ValueError:
        return b""
