"""The key that signs manifests: Ed25519 (RFC 8032), one for all partners."""

import hashlib
from base64 import b64encode, urlsafe_b64encode

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel
from sqlalchemy import Connection, insert, select

from services.syndicate.partner_tables import SIGNING_KEY


class Jwk(BaseModel):
    """A JSON Web Key for Ed25519 (RFC 8037, section 2)."""

    kty: str = "OKP"
    crv: str = "Ed25519"
    x: str
    kid: str
    use: str = "sig"


class PublicKey(BaseModel):
    """What a partner verifies by."""

    id: str
    """The thumbprint of the key (RFC 7638), in base64url."""
    pem: str
    jwk: Jwk


class SigningKey:
    """Signs manifests."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = _told(private)

    def sign(self, octets: bytes) -> str:
        """Sign; in base64."""
        return b64encode(self._private.sign(octets)).decode()


def stored_key(connection: Connection) -> SigningKey | None:
    """Give the key, if there is one yet."""
    private = connection.scalars(select(SIGNING_KEY.c.private)).one_or_none()
    return SigningKey(Ed25519PrivateKey.from_private_bytes(private)) if private else None


def stored_or_new_key(connection: Connection) -> SigningKey:
    """Give the key; the first call makes it."""
    if known := stored_key(connection):
        return known
    made = Ed25519PrivateKey.generate()
    connection.execute(insert(SIGNING_KEY), {"id": 1, "private": made.private_bytes_raw()})
    return SigningKey(made)


def _told(private: Ed25519PrivateKey) -> PublicKey:
    public = private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    x = _base64url(public.public_bytes_raw())
    thumbprint = rfc8785.dumps({"crv": "Ed25519", "kty": "OKP", "x": x})
    kid = _base64url(hashlib.sha256(thumbprint).digest())
    return PublicKey(id=kid, pem=pem, jwk=Jwk(x=x, kid=kid))


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
