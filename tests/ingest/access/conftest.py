"""Ingest with its database at hand, and a unit that signs."""

import base64
import datetime as dt
import secrets
from dataclasses import dataclass

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519
from http_message_signatures.digests import ContentDigest

from services.ingest.app import build
from services.ingest.settings import IngestSettings
from tests.ingest.conftest import ADMIN, NOBODY_LISTENS, Client

PUBLIC = "https://tin.example"
COVERED = ("@method", "@target-uri", "content-digest")


def settings(folder, **changes) -> IngestSettings:
    (folder / "admin.key").write_text(ADMIN)
    fields = {
        "data": folder,
        "kafka_bootstrap": NOBODY_LISTENS,
        "admin_key_file": folder / "admin.key",
        "ingest_url": PUBLIC,
    }
    return IngestSettings(**fields | changes)


def client_of(app, key: str = ADMIN) -> Client:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    return Client(httpx2.AsyncClient(transport=transport, base_url="http://inside:8001"), key)


@pytest.fixture
async def app(tmp_path, database_url):
    app = build(settings(tmp_path, database_url=database_url))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def admin(app):
    client = client_of(app)
    yield client
    await client.http.aclose()


@pytest.fixture
def database(app):
    return app.state.parts.database


def base64_of(private: Ed25519PrivateKey) -> str:
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()


@dataclass
class Signer:
    """A unit that signs; the library's own signer does it."""

    http: httpx2.AsyncClient
    private: Ed25519PrivateKey
    key_id: str
    covered: tuple = COVERED

    def request(self, method: str, path: str, body: bytes = b"", **options) -> httpx2.Request:
        """Sign for the public address, and send to the one inside."""
        covered = options.pop("covered", self.covered)
        request = httpx2.Request(method, PUBLIC + path, content=body)
        ContentDigest.add(request.headers, body)
        age = options.pop("age", 0)
        HTTPMessageSigner(
            signature_algorithm=ED25519,
            key_resolver=MappingKeyResolver(
                public_keys={}, private_keys={self.key_id: self.private}
            ),
        ).sign(
            request,
            key_id=self.key_id,
            created=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=age),
            covered_component_ids=covered,
            use_existing_digest=True,
            **{"nonce": secrets.token_urlsafe(16)} | options,
        )
        return httpx2.Request(
            method, f"http://inside:8001{path}", content=body, headers=signed_headers(request)
        )

    async def send(self, method: str, path: str, body: bytes = b"", **options) -> httpx2.Response:
        return await self.http.send(self.request(method, path, body, **options))


def signed_headers(request: httpx2.Request) -> dict[str, str]:
    names = ("content-digest", "signature", "signature-input")
    return {name: request.headers[name] for name in names}


@pytest.fixture
async def signer(admin):
    await admin.call("POST", "/v1/admin/units", {"code": "HQKV3", "name": "HQKV3"})
    private = Ed25519PrivateKey.generate()
    made = await admin.call(
        "POST", "/v1/admin/units/HQKV3/signing-keys", {"public_key": base64_of(private)}
    )
    assert made.status_code == 201, made.text
    return Signer(admin.http, private, made.json()["id"])
