"""A page that is kept leaves from the connection, and is otherwise answered like any request."""

import asyncio
from functools import partial

import httpx2
import pytest
import uvicorn
from structlog.testing import capture_logs

from services.archive.app import build, pages_of
from services.archive.serving.pages import ready_pages
from services.archive.settings import ArchiveSettings
from services.common.web import config_of
from tests.archive.conftest import NOBODY_LISTENS
from tests.factories import article, retraction

OURS = "x-request-id", "traceparent"
SHOWN = article(body=f"<p>{'Lô hàng đầu năm. ' * 50}</p>")
PATH = f"/articles/{SHOWN.id}"


@pytest.fixture
async def served(tmp_path):
    """A server, the engine of its archive, and a client of it."""
    settings = ArchiveSettings(
        data=tmp_path, host="127.0.0.1", port=0, kafka_bootstrap=NOBODY_LISTENS
    )
    app = build(settings)
    server = uvicorn.Server(config_of(app, settings, ready_pages(partial(pages_of, app))))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        yield http, app.state.parts.engine
    server.should_exit = True
    await serving


async def test_it_is_the_same_answer_with_ids_and_a_log_line_of_its_own(served):
    http, engine = served
    engine.take([SHOWN], {})
    made = await http.get(PATH)
    with capture_logs() as logs:
        kept = await http.get(PATH, headers={"X-Request-ID": "mine"})
    assert (kept.status_code, kept.text) == (200, made.text)
    assert kept.headers["x-request-id"] == "mine"
    assert kept.headers["traceparent"] != made.headers["traceparent"]
    assert kept.headers.keys() == made.headers.keys()
    (line,) = logs
    assert (line["event"], line["path"], line["status"]) == ("request_answered", PATH, 200)
    known = await http.get(PATH, headers={"If-None-Match": kept.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert all(known.headers[name] for name in OURS)
    metrics = (await http.get("/metrics")).text
    assert 'route="/articles/{article_id}",status="304"' in metrics


async def test_a_retraction_is_seen_on_the_connection_that_had_the_page(served):
    http, engine = served
    engine.take([SHOWN], {})
    for _ in range(2):
        assert (await http.get(PATH)).status_code == 200
    engine.take([retraction(SHOWN.id)], {})
    for _ in range(2):
        gone = await http.get(PATH)
        assert gone.status_code == 410
        assert SHOWN.headline not in gone.text


async def test_other_sites_are_told_that_they_may_read_it(served):
    http, engine = served
    engine.take([SHOWN], {})
    for _ in range(2):
        answer = await http.get(PATH, headers={"Origin": "https://x.test"})
        assert answer.headers["access-control-allow-origin"] == "*"
