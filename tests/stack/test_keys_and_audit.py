"""`tinbai key` and `tinbai audit` against an ingest that runs, and one that does not any more."""

import socket
import sqlite3
import subprocess
import sys

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner

from stack.audit import logged_heads
from stack.cli import app
from tests.stack.processes import until


def tinbai(*words: str, code: int = 0):
    run = CliRunner().invoke(app, [str(word) for word in words])
    assert run.exit_code == code, run.output
    return run


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return held.getsockname()[1]


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/healthz").status_code == 200
    except httpx2.TransportError:
        return False


class Ingest:
    """An ingest of its own, as the stack starts it."""

    def __init__(self, folder) -> None:
        self.data = folder
        (folder / "admin.key").write_text("the-admin-key")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        options = {
            "data": folder,
            "port": port,
            "admin-key-file": folder / "admin.key",
            "log-dir": folder / "logs",
            "ingest-url": self.url,
            "kafka-bootstrap": "127.0.0.1:1",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.process = subprocess.Popen([sys.executable, "-m", "services.ingest", *words])
        until(lambda: answers(self.url))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def ingest(tmp_path, monkeypatch):
    ingest = Ingest(tmp_path)
    monkeypatch.setenv("TINBAI_INGEST_URL", ingest.url)
    monkeypatch.setenv("TINBAI_DATA", str(tmp_path))
    yield ingest
    ingest.stop()


def status(ingest, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx2.get(f"{ingest.url}/v1/articles", headers=headers).status_code


def test_keys_are_made_listed_and_revoked(ingest, tmp_path):
    tinbai("unit", "add", "HQKV3", "Hải quan khu vực III")
    key = tinbai("key", "add", "HQKV3", "--note", "máy chủ").stdout.strip()
    newsroom = tinbai("key", "add", "--newsroom", "Ban biên tập").stdout.strip()
    public = Ed25519PrivateKey.generate().public_key()
    pem = tmp_path / "public.pem"
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    signing = tinbai("key", "add", "HQKV3", "--public-key", pem).stdout.strip()
    assert (status(ingest, key), status(ingest, newsroom)) == (200, 200)

    listed = tinbai("key", "list", "HQKV3").stdout
    named = tinbai("key", "list").stdout
    assert "máy chủ" in listed
    assert f"{signing} HQKV3 (signs)" in " ".join(listed.split())
    assert "Ban biên tập (newsroom)" in named
    assert key not in listed

    tinbai("key", "revoke", "HQKV3", listed.splitlines()[1].split()[0])
    tinbai("key", "revoke", "HQKV3", signing)
    tinbai("key", "revoke", named.splitlines()[1].split()[0])
    assert (status(ingest, key), status(ingest, newsroom)) == (401, 401)
    assert "(signs)" not in tinbai("key", "list", "HQKV3").stdout
    assert tinbai("key", "revoke", "HQKV3", signing, code=1).stderr.startswith("404")


def test_a_key_needs_one_whose_it_is(tmp_path):
    for words in ((), ("HQKV3", "--newsroom", "x"), ("--admin", "x", "--newsroom", "y")):
        assert "whose key" in tinbai("key", "add", *words, code=1).stderr


def test_what_was_touched_is_found_while_ingest_runs_and_after(ingest, monkeypatch):
    for number in range(5):
        tinbai("unit", "add", f"HQ{number}", "Hải quan")
    assert tinbai("audit", "verify").stdout == "5 entries, all in place.\n"

    ingest.stop()
    monkeypatch.delenv("TINBAI_INGEST_URL")
    heads = logged_heads(ingest.data)
    assert tinbai("audit", "verify").stdout == "5 entries, all in place.\n"
    assert tinbai("audit", "verify", "--head", heads[5]).exit_code == 0
    assert "No entry has the hash" in tinbai("audit", "verify", "--head", "0" * 64, code=1).stdout

    with sqlite3.connect(ingest.data / "ingest" / "ingest.db") as database:
        database.execute("delete from audit where seq = 5")
    assert tinbai("audit", "verify", code=1).stdout == "Entry 5 is missing.\n"
    with sqlite3.connect(ingest.data / "ingest" / "ingest.db") as database:
        database.execute("update audit set object = 'unit:HQ9' where seq = 3")
    told = tinbai("audit", "verify", code=1).stdout
    assert told == "Entry 3 was changed.\nEntry 5 is missing.\n"


def test_half_a_line_of_a_log_is_passed_over(tmp_path):
    (tmp_path / "logs").mkdir()
    head = '{"event": "audit_head", "seq": 3, "hash": "abc"}'
    (tmp_path / "logs" / "ingest.log").write_text(f"{head}\n{head[:30]}\n")

    assert logged_heads(tmp_path) == {3: "abc"}
