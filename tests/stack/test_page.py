from pathlib import Path

from starlette.testclient import TestClient

from stack.layout import Layout
from stack.page import page_app
from stack.status import ProcessStatus, StackStatus

LAYOUT = Layout(Path("/data"), "127.0.0.1", 8000)


def client(*, ready: bool) -> TestClient:
    process = ProcessStatus(
        name="ingest",
        state="running",
        ready="ready" if ready else "no kafka",
        pid=7,
        address="http://127.0.0.1:8001",
        uptime_s=3,
        restarts=0,
        memory_bytes=2**26,
    )

    async def status() -> StackStatus:
        return StackStatus(ready=ready, data="<data>", kafka="k:9092", processes=[process])

    return TestClient(page_app(LAYOUT, status))


def test_the_page_says_what_it_is_and_where_to_go():
    page = client(ready=True).get("/").text
    assert "Everything is ready." in page
    assert "http://127.0.0.1:8002/feeds/latest.atom" in page
    assert "&lt;data&gt;" in page
    assert "<script" not in page


def test_readyz_is_503_until_every_process_is_ready():
    assert client(ready=True).get("/readyz").status_code == 200
    not_yet = client(ready=False).get("/readyz")
    assert (not_yet.status_code, not_yet.json()) == (503, {"ingest": "no kafka"})


def test_healthz_is_200_while_the_supervisor_lives():
    assert client(ready=False).get("/healthz").status_code == 200


def test_status_json_can_be_read_back():
    body = client(ready=True).get("/status.json").content
    assert StackStatus.model_validate_json(body).processes[0].pid == 7
