"""A client that sends a whole batch before it reads does not lock up."""

import json
import os
import socket
import subprocess
import sys

import httpx2

from tests.stack.processes import free_port_base, until

LINES = 100_000


def test_a_client_may_send_a_hundred_thousand_lines_before_it_reads(tmp_path):
    port = free_port_base()
    (tmp_path / "admin.key").write_text("key")
    settings = {"DATA": tmp_path, "PORT": port, "ADMIN_KEY_FILE": tmp_path / "admin.key"}
    environment = os.environ | {f"TINBAI_{k}": str(v) for k, v in settings.items()}
    with subprocess.Popen([sys.executable, "-m", "services.ingest"], env=environment) as ingest:
        try:
            until(lambda: add_unit(port))
            answers = send_all_then_read(port, b'{"headline": "no body"}\n' * LINES)
        finally:
            ingest.terminate()

    assert [a["line"] for a in answers] == list(range(1, LINES + 1))
    assert {a["code"] for a in answers} == {422}


def add_unit(port: int) -> bool:
    try:
        answer = httpx2.post(
            f"http://127.0.0.1:{port}/v1/admin/units",
            json={"code": "HQ", "name": "HQ"},
            headers={"Authorization": "Bearer key"},
        )
    except httpx2.TransportError:
        return False
    return answer.status_code == 201


def send_all_then_read(port: int, lines: bytes) -> list[dict]:
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(
            b"POST /v1/batches?unit=HQ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key\r\n"
            b"Connection: close\r\nContent-Length: " + str(len(lines)).encode() + b"\r\n\r\n"
        )
        connection.sendall(lines)
        response = b""
        with connection.makefile("rb") as stream:
            while (header := stream.readline()) not in (b"\r\n", b""):
                response += header
            assert response.startswith(b"HTTP/1.1 200")
            body = b""
            while size := int(stream.readline(), 16):
                body += stream.read(size)
                stream.readline()
    return [json.loads(line) for line in body.splitlines()]
