"""A full disk: ingest says so, claims nothing that is not so, and goes on when there is room."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.ingest.media.samples import jpeg
from tests.integration.disk import Disk, disk
from tests.integration.services import KEY, NEWSROOM, Place
from tests.stack.processes import DEADLINE, free_port_base, until

MEGABYTE = 1024 * 1024
CALLERS = 8
REFUSED = 40  # so many refusals are waited for
BODY = "<p>" + "Nội dung dài. " * 1000 + "</p>"

numbers = count(1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    with disk(tmp_path / "disk", 48 * MEGABYTE) as it:
        yield it


@pytest.fixture
def place(small_disk: Disk) -> Place:
    """Give a place whose data are on the small disk; Kafka is away."""
    return Place(small_disk.path, free_port_base(), tuple(small_disk.inside))


def test_what_was_taken_is_there_and_what_was_refused_is_not(place, small_disk):
    taken: dict[str, str] = {}
    with place.service("ingest") as ingest:
        place.add_unit("HQ")
        submit_until_refused(place, taken, 0)
        with small_disk.full():
            refused = submit_until_refused(place, taken, REFUSED)
            for answer in refused:
                assert_says_so(answer)
            until(lambda: get(place, "/readyz").status_code == 503)
            assert get(place, "/v1/articles").status_code == 200
            assert get(place, f"/v1/articles/{next(iter(taken))}").status_code == 200
        until(lambda: submit(place, taken).status_code == 201)
        assert get(place, "/readyz").status_code == 200
        assert titles(place) == taken
        assert ingest.poll() is None
    assert "commit_failed" in events(place)
    assert "store_failed" in events(place)

    with reading(small_disk, "PRAGMA integrity_check") as found:
        assert found == "ok"
    with place.service("ingest"):
        assert titles(place) == taken


def test_a_change_and_a_retraction_are_done_or_not_done(place, small_disk):
    taken: dict[str, str] = {}
    with place.service("ingest"):
        place.add_unit("HQ")
        for _ in range(2):
            assert submit(place, taken).status_code == 201
        one, two = taken
        with small_disk.full():
            submit_until_refused(place, taken, REFUSED)
            changed = change(place, one)
            assert_says_so(changed)
            assert_says_so(retract(place, two))
        until(lambda: change(place, one).status_code == 200)
        until(lambda: retract(place, two).status_code == 200)
        for each in (one, two):
            assert get(place, f"/v1/articles/{each}").json()["version"] == 2


def test_each_line_of_a_batch_is_told_what_became_of_it(place, small_disk):
    taken: dict[str, str] = {}
    with place.service("ingest"):
        place.add_unit("HQ")
        with small_disk.full():
            made = [submission() for _ in range(600)]
            answers = send_batch(place, made)
            assert {answer["code"] for answer in answers} <= {201, 503}
            assert answers[-1]["code"] == 503
        assert "batch_not_stored" in events(place)
        until(lambda: submit(place, taken).status_code == 201)
        taken |= {
            answer["id"]: given["headline"]
            for answer, given in zip(answers, made, strict=True)
            if answer["code"] == 201
        }
        assert titles(place) == taken


def test_an_upload_leaves_nothing_behind(place, small_disk):
    with place.service("ingest"):
        place.add_unit("HQ")
        picture = jpeg(2000, 1500)
        with small_disk.full(but=len(picture) // 2):
            assert_says_so(upload(place, picture))
            assert "media_not_stored" in events(place)
            left = [each for each in (small_disk.seen / "media").rglob("*") if each.is_file()]
            assert {each.name for each in left} == {".lock"}
        until(lambda: upload(place, picture).status_code == 201)
        made = upload(place, picture).json()
        assert get(place, f"/v1/media/{made['id']}/file").status_code == 200


def test_a_batch_whose_answers_find_no_room_breaks_off_and_nothing_told_is_untrue(
    tmp_path, small_disk
):
    place = Place(tmp_path / "data", free_port_base(), tuple(small_disk.inside))
    with place.service("ingest", TMPDIR=small_disk.path):
        place.add_unit("HQ")
        lines = [b'{"headline": "no body"}'] * 30_000
        told, whole = send_all_then_read(place, lines)
        assert whole
        assert len(told) == len(lines)
        with small_disk.full():
            told, whole = send_all_then_read(place, lines)
            assert not whole
            assert len(told) < len(lines)
            assert [answer["line"] for answer in told] == list(range(1, len(told) + 1))
            assert "request_failed" in events(place)
        told, whole = send_all_then_read(place, lines)
        assert whole
        assert len(told) == len(lines)


def test_a_write_ahead_log_that_has_grown_over_the_disk_gives_the_room_back(place, small_disk):
    """As it grows while somebody copies the database, for one."""
    taken: dict[str, str] = {}
    log = small_disk.seen / "ingest" / "ingest.db-wal"
    with place.service("ingest"):
        place.add_unit("HQ")
        assert submit(place, taken).status_code == 201
        with small_disk.full(but=16 * MEGABYTE):
            with reading(small_disk, "SELECT count(*) FROM articles"):
                assert_says_so(submit_until_refused(place, taken, REFUSED)[0])
            grown = log.stat().st_size
            assert grown > 14 * MEGABYTE
        until(lambda: submit(place, taken).status_code == 201 and log.stat().st_size < grown)
        assert titles(place) == taken


@contextmanager
def reading(where: Disk, query: str) -> Iterator[str]:
    """Ask ingest's database for something, and hold on to that state of it until the body ends."""
    program = (
        "import sqlite3, sys;"
        "database = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "database.execute('BEGIN');"
        "print(database.execute(sys.argv[2]).fetchone()[0], flush=True);"
        "sys.stdin.read()"
    )
    file = where.path / "ingest" / "ingest.db"
    command = [*where.inside, sys.executable, "-c", program, str(file), query]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdin
        assert reader.stdout
        yield reader.stdout.readline().decode().strip()
        reader.stdin.close()


def submit_until_refused(
    place: Place, taken: dict[str, str], refusals: int
) -> list[httpx2.Response]:
    """Have several submit at once until so many were refused; give the refusals."""
    refused: list[httpx2.Response] = []

    def work(_: int) -> None:
        for _ in range(5 if not refusals else 1000):
            answer = submit(place, taken)
            if answer.status_code != 201:
                refused.append(answer)
            if refusals and len(refused) >= refusals:
                return

    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(work, range(CALLERS)))
    assert len(refused) >= refusals
    return refused


def assert_says_so(answer: httpx2.Response) -> None:
    assert answer.status_code in (503, 507), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


def submission() -> dict[str, str]:
    return {"headline": f"Tin số {next(numbers)}", "body": BODY}


def submit(place: Place, taken: dict[str, str]) -> httpx2.Response:
    made = submission()
    answer = call(place, "POST", "/v1/articles?unit=HQ", json=made)
    if answer.status_code == 201:
        taken[answer.json()["id"]] = made["headline"]
    return answer


def change(place: Place, article: str) -> httpx2.Response:
    known = get(place, f"/v1/articles/{article}")
    return call(
        place,
        "PUT",
        f"/v1/articles/{article}",
        json=submission() | {"correction_note": "Sửa."},
        headers={"If-Match": known.headers["ETag"]},
    )


def retract(place: Place, article: str) -> httpx2.Response:
    why = {"reason": "Sai.", "notice": "Đã rút."}
    return call(place, "POST", f"/v1/articles/{article}/retraction", json=why)


def upload(place: Place, picture: bytes) -> httpx2.Response:
    return call(place, "POST", "/v1/media", content=picture, headers={"Content-Type": "image/jpeg"})


def get(place: Place, path: str) -> httpx2.Response:
    return call(place, "GET", path)


def call(place: Place, method: str, path: str, **given: Any) -> httpx2.Response:
    headers = NEWSROOM | given.pop("headers", {})
    return httpx2.request(
        method, place.url("ingest") + path, headers=headers, timeout=DEADLINE, **given
    )


def send_batch(place: Place, made: list[dict[str, str]]) -> list[dict[str, Any]]:
    lines = "\n".join(json.dumps(each) for each in made)
    answer = call(place, "POST", "/v1/batches?unit=HQ", content=lines.encode())
    return [json.loads(line) for line in answer.text.splitlines()]


def titles(place: Place) -> dict[str, str]:
    """Give the headline of each article that there is, by its id."""
    found: dict[str, str] = {}
    cursor = ""
    while True:
        page = get(place, f"/v1/articles?limit=100{cursor}").json()
        found |= {item["id"]: item["headline"] for item in page["items"]}
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def events(place: Place) -> list[str]:
    lines = (place.logs / "ingest.log").read_text().splitlines()
    return [json.loads(line)["event"] for line in lines]


def batches_taken(place: Place) -> int:
    return events(place).count("batch_taken")


def send_all_then_read(place: Place, lines: list[bytes]) -> tuple[list[dict[str, Any]], bool]:
    """Give the answers, and whether they came to their end."""
    body = b"\n".join(lines)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(DEADLINE)
        connection.connect(("127.0.0.1", place.base + 1))
        before = batches_taken(place)
        connection.sendall(
            b"POST /v1/batches?unit=HQ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Authorization: Bearer " + KEY.encode() + b"\r\n"
            b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n"
        )
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(body)
        until(lambda: batches_taken(place) > before)
        answer = b""
        with suppress(ConnectionResetError):
            while part := connection.recv(1 << 16):
                answer += part
    _, _, chunked = answer.partition(b"\r\n\r\n")
    told = b""
    while chunked:
        size, _, chunked = chunked.partition(b"\r\n")
        if size == b"0":
            break
        told, chunked = told + chunked[: int(size, 16)], chunked[int(size, 16) + 2 :]
    *ended, _ = told.split(b"\n")
    return [json.loads(line) for line in ended], answer.endswith(b"0\r\n\r\n")
