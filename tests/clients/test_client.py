"""The Python client for units, against a real ingest and against one that fails."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest
import uvicorn
from PIL import Image

from services.ingest.app import build
from services.ingest.settings import IngestSettings
from tests.ingest.conftest import ADMIN, NOBODY_LISTENS
from tests.stack.processes import until
from tinbai_client import Change, Client, Refused, Submission, Unavailable
from tinbai_client.client import LONGEST_WAIT

ARTICLE: Submission = {"headline": "Thông quan lô hàng đầu", "body": "<p>Nội dung.</p>"}
WHY = {"reason": "Nhầm hồ sơ.", "notice": "Tin đã được rút."}


@pytest.fixture(scope="module")
def ingest(tmp_path_factory) -> Iterator[str]:
    """Give the address of an ingest that listens."""
    data = tmp_path_factory.mktemp("ingest")
    (data / "admin.key").write_text(ADMIN)
    settings = IngestSettings(
        data=data, kafka_bootstrap=NOBODY_LISTENS, admin_key_file=data / "admin.key"
    )
    server = uvicorn.Server(uvicorn.Config(build(settings), port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def key(ingest) -> str:
    newsroom = {"Authorization": f"Bearer {ADMIN}"}
    units = f"{ingest}/v1/admin/units"
    httpx2.post(units, json={"code": "HQ", "name": "Hải quan"}, headers=newsroom)
    return httpx2.post(f"{units}/HQ/keys", headers=newsroom).json()["key"]


@pytest.fixture
def client(ingest, key) -> Iterator[Client]:
    with Client(ingest, key) as it:
        yield it


def test_an_article_is_handed_in_corrected_and_taken_back(client):
    made = client.submit({**ARTICLE, "keywords": ["cảng biển"]})
    changed = client.change(
        made["id"],
        {**ARTICLE, "headline": "Thông quan lô hàng thứ hai", "correction_note": "Sửa tít."},
        version=made["version"],
    )
    ended = client.retract(made["id"], **WHY)

    assert (made["status"], made["version"]) == ("published", 1)
    assert (changed["headline"], changed["version"]) == ("Thông quan lô hàng thứ hai", 2)
    assert ended["status"] == "retracted"
    assert client.get(made["id"])["retraction"] == WHY


def test_the_same_article_again_is_the_same_article(ingest, key):
    ids = set()
    for _ in range(2):
        with Client(ingest, key) as run:
            ids.add(run.submit({**ARTICLE, "headline": "Chỉ một lần"})["id"])

    assert len(ids) == 1


def test_a_refusal_says_in_vietnamese_what_is_wrong_and_where(client):
    with pytest.raises(Refused) as refused:
        client.submit({**ARTICLE, "headline": " "})

    assert refused.value.status == 422
    assert refused.value.type == "urn:tinbai:problem:invalid"
    assert refused.value.errors == (
        {"pointer": "/headline", "detail": "không được để trống", "code": "blank"},
    )
    assert refused.value.request_id


def test_a_change_of_a_stale_version_is_refused(client):
    made = client.submit({**ARTICLE, "headline": "Hai người cùng sửa"})
    client.change(made["id"], {**ARTICLE, "correction_note": "Lần một."}, version=1)

    with pytest.raises(Refused) as refused:
        client.change(made["id"], {**ARTICLE, "correction_note": "Lần hai."}, version=1)

    assert refused.value.status == 412


def test_articles_are_listed_through_all_pages(client):
    held: Submission = {**ARTICLE, "embargoed_until": "2999-01-01T00:00:00+07:00"}
    made = [client.submit({**held, "headline": f"Tin {n}"})["id"] for n in range(5)]

    listed = [item["id"] for item in client.articles(status="embargoed", limit=2)]

    assert listed == made[::-1]


def test_a_picture_is_uploaded_from_a_file(client, tmp_path):
    picture = tmp_path / "cang.png"
    Image.new("RGB", (4, 3), "navy").save(picture)

    stored = client.upload_media(picture)
    made = client.submit(
        {**ARTICLE, "headline": "Tin ảnh", "media": [{"id": stored["id"], "role": "main"}]}
    )

    assert (stored["width"], stored["height"]) == (4, 3)
    assert client.get(made["id"])["media"][0]["id"] == stored["id"]


class Failing:
    """A service whose answers are given beforehand: an answer, or an error to raise."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []
        self.bodies: list[bytes] = []
        self.waits: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        self.bodies.append(request.read())
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self) -> Client:
        return Client(
            "http://ingest.test",
            "k",
            transport=httpx2.MockTransport(self),
            sleep=self.waits.append,
        )


def created() -> httpx2.Response:
    return httpx2.Response(201, json={"id": "a", "version": 1, "status": "published"})


@pytest.mark.parametrize(
    "fault",
    [
        httpx2.ConnectError("refused"),
        httpx2.ReadTimeout("slow"),
        httpx2.RemoteProtocolError("cut"),
        httpx2.Response(500),
        httpx2.Response(502, text="<html>"),
        httpx2.Response(503),
        httpx2.Response(429),
    ],
)
def test_a_passing_fault_is_tried_again_as_the_same_call(fault):
    service = Failing(fault, created())

    assert service.client().submit(ARTICLE)["id"] == "a"
    first, second = service.requests
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert service.bodies[0] == service.bodies[1]
    assert 0.25 <= service.waits[0] <= 0.5


def test_a_file_is_sent_whole_at_each_attempt(tmp_path):
    file = tmp_path / "phim.mp4"
    file.write_bytes(b"x" * 200_000)
    service = Failing(httpx2.Response(503), created())

    service.client().upload_media(file)

    assert [len(body) for body in service.bodies] == [200_000, 200_000]


def in_seconds(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("value", [lambda: "7", lambda: in_seconds(8)])
def test_the_client_waits_as_long_as_it_is_asked_to(value: Callable[[], str]):
    service = Failing(httpx2.Response(429, headers={"Retry-After": value()}), created())

    service.client().submit(ARTICLE)

    assert 6 <= service.waits[0] <= 8


def test_a_long_wait_is_left_to_the_caller():
    asked = str(int(LONGEST_WAIT) + 1)
    service = Failing(httpx2.Response(503, headers={"Retry-After": asked}))

    with pytest.raises(Unavailable):
        service.client().submit(ARTICLE)

    assert service.waits == []


def test_attempts_end_and_waits_grow_between_them():
    service = Failing(*(httpx2.ConnectError("refused") for _ in range(6)))

    with pytest.raises(Unavailable, match="failed 6 times, at last with ConnectError: refused"):
        service.client().submit(ARTICLE)

    assert (len(service.requests), len(service.waits)) == (6, 5)
    assert service.waits == sorted(service.waits)


def test_a_refusal_is_not_tried_again():
    service = Failing(httpx2.Response(403, text="<html>a proxy</html>"))

    with pytest.raises(Refused) as refused:
        service.client().submit(ARTICLE)

    assert (refused.value.status, refused.value.title) == (403, "Forbidden")
    assert service.waits == []


def test_a_change_whose_answer_was_lost_is_recognised():
    correction: Change = {"headline": "Tít", "body": "<p>Thân.</p>", "correction_note": "Sửa."}
    stands = {**correction, "id": "a", "version": 2}
    service = Failing(
        httpx2.ReadTimeout("lost"), httpx2.Response(412), httpx2.Response(200, json=stands)
    )

    changed = service.client().change("a", correction, version=1)

    assert changed["version"] == 2


def told(*codes: int) -> httpx2.Response:
    lines = [{"line": n, "code": code, "id": f"id-{n}"} for n, code in enumerate(codes, start=1)]
    return httpx2.Response(200, text="".join(json.dumps(line) + "\n" for line in lines))


def many(count: int) -> Iterator[Submission]:
    return ({**ARTICLE, "headline": f"Tin {n}"} for n in range(count))


def test_many_articles_go_in_batches_and_results_keep_their_order():
    service = Failing(told(*[201] * 1000), told(201, 422))

    results = list(service.client().submit_many(many(1002)))

    assert [len(body.splitlines()) for body in service.bodies] == [1000, 2]
    assert [result.line for result in results] == list(range(1, 1003))
    assert [result.accepted for result in results[-2:]] == [True, False]


def test_a_line_that_is_refused_says_why():
    blank = {"pointer": "/headline", "detail": "không được để trống", "code": "blank"}
    line = {"line": 1, "code": 422, "status": 422, "detail": "tít: …", "errors": [blank]}
    service = Failing(httpx2.Response(200, json=line))

    (result,) = service.client().submit_many(many(1))

    assert (result.accepted, result.status, result.detail) == (False, None, "tít: …")
    assert result.errors == (blank,)


@pytest.mark.parametrize("first", [told(201, 503), told(201), httpx2.ReadError("cut")])
def test_a_batch_that_was_not_answered_whole_is_sent_again_as_the_same_one(first):
    service = Failing(first, told(201, 201))

    results = list(service.client().submit_many(many(2)))

    assert [result.code for result in results] == [201, 201]
    assert service.bodies[0] == service.bodies[1]
    assert len({request.headers["idempotency-key"] for request in service.requests}) == 1


def test_a_line_that_goes_on_failing_is_told_and_one_without_an_answer_is_never_passed_over():
    failing = Failing(*(told(201, 503) for _ in range(6)))
    short = Failing(*(told(201) for _ in range(6)))

    assert [r.code for r in failing.client().submit_many(many(2))] == [201, 503]
    with pytest.raises(Unavailable, match="1 of 2 lines"):
        list(short.client().submit_many(many(2)))


def test_the_client_needs_nothing_of_tinbai_itself():
    folder = Path(__file__).parent.parent.parent / "clients" / "python" / "tinbai_client"
    sources = [file.read_text() for file in folder.glob("*.py")]

    assert sources
    for name in ("services", "schemas", "stack"):
        assert not any(f"import {name}" in s or f"from {name}" in s for s in sources)
