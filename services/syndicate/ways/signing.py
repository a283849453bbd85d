"""Signatures of webhooks (Standard Webhooks, specification 1.0). Pure, but for new secrets."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime

_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """Make a secret."""
    return _PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()


def signed(message: str, at: datetime, body: bytes, keys: Iterable[str]) -> dict[str, str]:
    """Give the headers of a webhook, with a signature for each secret."""
    timestamp = str(int(at.timestamp()))
    content = f"{message}.{timestamp}.".encode() + body
    return {
        "webhook-id": message,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(key, content) for key in keys),
    }


def _signature(secret: str, content: bytes) -> str:
    key = b64decode(secret.removeprefix(_PREFIX))
    return "v1," + b64encode(hmac.digest(key, content, "sha256")).decode()
