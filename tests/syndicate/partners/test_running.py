"""Partners of a syndicate that runs: what it keeps over a restart, and what it tells no file."""

import re
import socket
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.syndicate.service import NO_KAFKA, Service, syndicate

ADMIN = {"Authorization": "Bearer the-admin-key"}
CHANGES = "/partners/bao-moi/changes"


def test_a_key_outlives_the_process_and_stands_in_no_file_of_it(tmp_path):
    (tmp_path / "admin.key").write_text("the-admin-key")
    options = (NO_KAFKA, "--admin-key-file", str(tmp_path / "admin.key"))
    data = tmp_path / "data"
    with syndicate(data, *options) as service:
        key = made(service)
        ask_in_many_ways(service, key)
        metrics = service.get("/metrics").text
        service.stop()
    with syndicate(data, *options) as service:
        listed = httpx2.get(f"{service.url}/v1/admin/partners/bao-moi/keys", headers=ADMIN)
        assert listed.json()["items"][0]["last_used"]
        assert service.get(f"{CHANGES}?key={key}").status_code == 200
        service.stop()

    files = [file for file in data.rglob("*") if file.is_file()]
    assert any(b"bao-moi/changes" in file.read_bytes() for file in files), "nothing was logged"
    assert [file for file in files if key.encode() in file.read_bytes()] == []
    assert key not in metrics


def made(service: Service) -> str:
    url = f"{service.url}/v1/admin/partners"
    partner = {"code": "bao-moi", "name": "Báo Mới"}
    assert httpx2.post(url, json=partner, headers=ADMIN).status_code == 201
    key: str = httpx2.post(f"{url}/bao-moi/keys", headers=ADMIN).json()["key"]
    return key


def ask_in_many_ways(service: Service, key: str) -> None:
    for method, path, status in (
        ("GET", f"{CHANGES}?key={key}", 200),
        ("GET", f"{CHANGES}?limit=0&key={key}", 422),
        ("GET", f"{CHANGES}?key={key}x", 401),
        ("GET", f"{CHANGES}?x=%00&key={key}", 404),
        ("GET", f"/partners/khac/changes?key={key}", 404),
        ("GET", f"/partners/bao-moi/no-such-thing?key={key}", 404),
        ("GET", f"/feeds/latest.rss?key={key}", 200),
        ("GET", f"/v1/admin/partners?key={key}", 401),
        ("POST", f"{CHANGES}?key={key}", 405),
    ):
        answer = httpx2.request(method, service.url + path)
        assert answer.status_code == status, (method, path)
        assert key not in answer.text + str(answer.headers)
    for line in (f"GET {CHANGES}?key={key} HTTP/9.9", f"GET {CHANGES}?key={key} x\r\n:"):
        no_request_at_all(service, line)


def no_request_at_all(service: Service, line: str) -> None:
    address = urlsplit(service.url)
    with socket.create_connection((address.hostname, address.port or 80), 10) as connection:
        connection.sendall(f"{line}\r\n\r\n".encode())
        assert b"400" in connection.recv(1000)


@pytest.mark.xdist_group("syndicate")
def test_no_route_answers_without_a_good_key_or_looks_at_the_body_first(service):
    paths = service.get("/openapi.json").json()["paths"]
    calls = [
        (method, path)
        for path, methods in paths.items()
        if path.startswith(("/partners/{code}", "/v1/admin"))
        for method in methods
    ]
    assert len(calls) >= 10

    for method, path in calls:
        url = service.url + re.sub(r"\{[^}]*\}", "x", path)
        for headers in ({}, {"Authorization": "Bearer tinbai_unknown"}):
            answer = httpx2.request(method, url, content=b"{", headers=headers)
            assert answer.status_code == 401, (method, path)
            if path.startswith("/partners"):
                assert answer.headers["cache-control"] == "private, no-store", (method, path)
                assert answer.headers["referrer-policy"] == "no-referrer"
