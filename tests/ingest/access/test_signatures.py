"""Signed requests: good once, for one address and one body, and only for a minute."""

import asyncio
import base64
import hashlib
import json
import secrets
import time

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from services.common.problems import Problem
from services.ingest.access import exchange
from services.ingest.access.signatures import Message, verified
from services.ingest.app import build
from tests.ingest.access.conftest import (
    PUBLIC,
    Signer,
    base64_of,
    client_of,
    settings,
    signed_headers,
)
from tests.ingest.conftest import submission

BODY = json.dumps(submission()).encode()
SIGNING = "/v1/admin/units/HQKV3/signing-keys"


async def articles(signer) -> list:
    return (await signer.send("GET", "/v1/articles?limit=200")).json()["items"]


async def test_a_signed_request_is_the_units(signer):
    answer = await signer.send("POST", "/v1/articles", BODY)

    assert (answer.status_code, answer.json()["unit"]) == (201, "HQKV3")
    assert answer.headers["ratelimit"]


async def test_head_is_signed_as_head(signer):
    assert (await signer.send("HEAD", "/v1/articles")).status_code == 200


async def test_path_and_query_stand_for_the_whole_address(signer):
    covered = ("@method", "@path", "@query")
    answer = await signer.send("GET", "/v1/articles?limit=1&status=published", covered=covered)

    assert answer.status_code == 200


def signed_by_hand(signer, path: str, digest: str) -> dict[str, str]:
    params = (
        '("@method" "@target-uri" "content-digest")'
        f';created={int(time.time())};nonce="{secrets.token_hex(8)}";keyid="{signer.key_id}"'
    )
    base = (
        '"@method": POST\n'
        f'"@target-uri": {PUBLIC}{path}\n'
        f'"content-digest": {digest}\n'
        f'"@signature-params": {params}'
    )
    signature = base64.b64encode(signer.private.sign(base.encode())).decode()
    return {
        "Content-Digest": digest,
        "Signature-Input": f"sig1={params}",
        "Signature": f"sig1=:{signature}:",
    }


def sha512() -> str:
    return f"sha-512=:{base64.b64encode(hashlib.sha512(BODY).digest()).decode()}:"


@pytest.mark.parametrize("digest", [sha512(), f"id-sha=:AAAA:, {sha512()}"])
async def test_a_request_signed_by_hand_as_the_rfc_has_it(signer, digest):
    path = "/v1/articles?note=%C4%91"
    headers = signed_by_hand(signer, path, digest)

    answer = await signer.http.post(f"http://elsewhere{path}", content=BODY, headers=headers)

    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "sha-256",
        "sha-256=1",
        "sha-256=:AAAA:",
        "md5=:AAAAAAAAAAAAAAAAAAAAAA==:",
        "sha-256=(:A:",
        '"',
    ],
)
async def test_a_digest_that_says_nothing_is_no_digest(signer, digest):
    headers = signed_by_hand(signer, "/v1/articles", digest)

    answer = await signer.http.post("http://inside/v1/articles", content=BODY, headers=headers)

    assert answer.status_code == 401
    assert await articles(signer) == []


async def test_a_replay_has_no_second_effect(signer):
    request = signer.request("POST", "/v1/articles", BODY)
    first, again = await signer.http.send(request), await signer.http.send(request)

    assert (first.status_code, again.status_code) == (201, 401)
    assert "used before" in again.json()["detail"]
    assert again.headers["www-authenticate"] == "Bearer"
    assert len(await articles(signer)) == 1


async def test_of_replays_that_race_one_has_an_effect(signer):
    request = signer.request("POST", "/v1/articles", BODY)
    answers = await asyncio.gather(*[signer.http.send(request) for _ in range(20)])

    assert sorted(answer.status_code for answer in answers) == [201] + [401] * 19
    assert len(await articles(signer)) == 1


async def test_a_replay_is_known_after_a_restart(tmp_path, database_url):
    private = Ed25519PrivateKey.generate()
    statuses, request = [], None
    for _ in range(2):
        app = build(settings(tmp_path, database_url=database_url))
        async with app.router.lifespan_context(app):
            admin = client_of(app)
            if request is None:
                await admin.call("POST", "/v1/admin/units", {"code": "HQKV3", "name": "HQKV3"})
                made = await admin.call("POST", SIGNING, {"public_key": base64_of(private)})
                signer = Signer(admin.http, private, made.json()["id"])
                request = signer.request("POST", "/v1/articles", BODY)
            statuses.append((await admin.http.send(request)).status_code)
            await admin.http.aclose()

    assert statuses == [201, 401]


async def test_nonces_are_forgotten_only_when_they_can_no_longer_be_good(signer, app):
    request = signer.request("POST", "/v1/articles", BODY)
    await signer.http.send(request)
    await app.state.upkeep.once()

    assert (await signer.http.send(request)).status_code == 401


@pytest.mark.parametrize("body", [b"", BODY + b" ", BODY.replace(b"p", b"q", 1)])
async def test_another_body_than_the_signed_one_has_no_effect(signer, body):
    request = signer.request("POST", "/v1/articles", BODY)
    changed = httpx2.Request(
        "POST",
        request.url,
        content=body,
        headers={n: request.headers[n] for n in ("signature", "signature-input", "content-digest")},
    )
    answer = await signer.http.send(changed)

    assert answer.status_code == 401
    assert "Content-Digest" in answer.json()["detail"]
    assert await articles(signer) == []


async def test_a_body_needs_a_signed_digest(signer):
    answer = await signer.send("POST", "/v1/articles", BODY, covered=("@method", "@target-uri"))

    assert answer.status_code == 401
    assert await articles(signer) == []


async def test_a_request_without_a_body_needs_no_digest(signer):
    answer = await signer.send("GET", "/v1/articles", covered=("@method", "@target-uri"))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "options",
    [
        {"age": 70},
        {"age": -30},
        {"nonce": None},
        {"nonce": "short"},
        {"nonce": "x" * 200},
        {"covered": ("@target-uri", "content-digest")},
        {"covered": ("@method", "content-digest")},
        {"covered": ("@method", "@path", "content-digest")},
        {"covered": ("@method", "@authority", "@query", "content-digest")},
    ],
)
async def test_what_a_signature_must_have(signer, options):
    answer = await signer.send("POST", "/v1/articles", BODY, **options)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert await articles(signer) == []


async def test_another_address_or_method_than_the_signed_one_is_refused(signer):
    request = signer.request("GET", "/v1/articles?status=embargoed")
    headers = {n: request.headers[n] for n in ("signature", "signature-input", "content-digest")}

    for method, path in (
        ("GET", "/v1/articles?status=published"),
        ("GET", "/v1/articles"),
        ("POST", "/v1/articles?status=embargoed"),
    ):
        answer = await signer.http.request(method, f"http://inside:8001{path}", headers=headers)
        assert answer.status_code == 401, (method, path)


async def test_an_unknown_key_and_a_wrong_signature_look_the_same(signer):
    signer.private, good = Ed25519PrivateKey.generate(), signer.private
    wrong = await signer.send("GET", "/v1/articles")
    signer.private, signer.key_id = good, "0198c0de-0000-7000-8000-000000000000"
    unknown = await signer.send("GET", "/v1/articles")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["title"] == unknown.json()["title"]
    assert wrong.json()["detail"][:60] == unknown.json()["detail"][:60]


async def test_a_signing_key_reaches_its_units_articles_only(admin, signer):
    await admin.call("POST", "/v1/admin/units", {"code": "HQKV2", "name": "HQKV2"})
    theirs = await admin.call("POST", "/v1/articles?unit=HQKV2", submission())

    answer = await signer.send("GET", f"/v1/articles/{theirs.json()['id']}")

    assert answer.status_code == 404
    assert (await signer.send("GET", "/v1/admin/units")).status_code == 403


async def test_a_revoked_signing_key_signs_nothing(admin, signer):
    assert (await admin.call("DELETE", f"{SIGNING}/{signer.key_id}")).status_code == 204

    assert (await signer.send("POST", "/v1/articles", BODY)).status_code == 401


async def test_the_id_of_a_signing_key_is_no_bearer_key(admin, signer):
    public = base64_of(signer.private)
    for key in (signer.key_id, public, base64.b64decode(public).hex()):
        headers = {"Authorization": f"Bearer {key}"}
        answer = await signer.http.get("http://inside:8001/v1/articles", headers=headers)
        assert answer.status_code == 401


async def test_public_keys_come_in_several_forms_and_once(admin, signer):
    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    first = await admin.call("POST", SIGNING, {"public_key": pem})
    again = await admin.call("POST", SIGNING, {"public_key": base64.b64encode(der).decode()})

    assert (first.status_code, again.status_code) == (201, 409)
    assert len((await admin.call("GET", SIGNING)).json()["items"]) == 2
    assert len((await admin.call("GET", "/v1/admin/units/HQKV3/keys")).json()["items"]) == 0


X25519 = X25519PrivateKey.generate().public_key()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "không",
        "AAAA",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        X25519.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        base64.b64encode(b"\x30\x82" + b"x" * 50).decode(),
    ],
)
async def test_what_is_no_ed25519_key_is_refused(admin, signer, text):
    answer = await admin.call("POST", SIGNING, {"public_key": text})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/public_key"


async def test_a_large_signed_body_is_checked_as_a_whole_and_then_read(signer, monkeypatch):
    monkeypatch.setattr(exchange, "_IN_MEMORY", 1000)
    whole = await signer.send(
        "POST", "/v1/articles", json.dumps(submission(ed_note="x " * 90_000)).encode()
    )
    over = await signer.send("POST", "/v1/articles", b"x" * 600_000)
    monkeypatch.setattr(exchange, "MOST_SIGNED", 100_000)
    refused = await signer.send("POST", "/v1/articles", b"x" * 200_000)

    assert (whole.status_code, over.status_code, refused.status_code) == (201, 413, 413)


_HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80)
_PARAMS = st.sampled_from(
    ["", ";created=1", ";created=99999999999999", ";keyid=1", ';keyid="x";created=x', ";nonce=?1"]
)
_INPUTS = st.one_of(
    _HEADER,
    st.builds(
        lambda names, params: f"sig=({' '.join(names)}){params}",
        st.lists(
            st.sampled_from(['"@method"', '"@path"', '"x"', '"@query-param"', '"@status"', "1"])
        ),
        _PARAMS,
    ),
)


@hypothesis_settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(_INPUTS, _HEADER | st.just("sig=:AAAA:"), _HEADER)
def test_whatever_is_sent_as_a_signature_is_refused_as_a_problem(given_input, signature, digest):
    headers = {"signature-input": given_input, "signature": signature, "content-digest": digest}

    with pytest.raises(Problem) as refusal:
        verified(Message("GET", PUBLIC + "/%zz?" + digest, headers), lambda _: None)

    assert refusal.value.status == 401


async def test_a_signed_batch_is_compared_before_its_first_line_is_taken(signer):
    batch = BODY + b"\n" + BODY.replace(b"Th", b"th") + b"\n"
    request = signer.request("POST", "/v1/batches", batch)
    shorter = await signer.http.post(
        request.url, content=BODY + b"\n", headers=signed_headers(request)
    )
    whole = await signer.http.send(request)

    assert shorter.status_code == 401
    assert [json.loads(line)["code"] for line in whole.text.splitlines()] == [201, 201]
    assert len(await articles(signer)) == 2
