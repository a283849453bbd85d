"""What every service does with a request, whatever becomes of it."""

from contextlib import asynccontextmanager

import httpx2
import pytest
from sqlalchemy.exc import OperationalError

from services.common import web
from services.common.database import Overloaded


@pytest.fixture
async def client():
    @asynccontextmanager
    async def lifespan(_):
        yield

    async def readiness():
        return {"ready": False, "kafka": "down", "lag": {}}

    app = web.make_app("test", summary="", lifespan=lifespan, readiness=readiness)

    @app.get("/raises/{what}")
    async def raises(what: str):
        raise {
            "fault": RuntimeError("a secret"),
            "full": OperationalError("insert", {}, Exception("disk full")),
            "busy": Overloaded(),
        }[what]

    @app.get("/things")
    @app.post("/things")
    async def things() -> None:
        pass

    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://service.test"
    ) as http:
        yield http


@pytest.mark.parametrize(
    ("path", "code", "kind"),
    [
        ("/raises/fault", 500, "internal"),
        ("/raises/full", 503, "overloaded"),
        ("/raises/busy", 503, "overloaded"),
        ("/nowhere", 404, "not-found"),
        ("/readyz/", 404, "not-found"),
    ],
)
async def test_every_error_is_a_problem_with_the_request_id(client, path, code, kind):
    answer = await client.get(path, headers={"X-Request-ID": "abc"})

    assert (answer.status_code, answer.headers["content-type"]) == (
        code,
        "application/problem+json",
    )
    assert answer.json()["type"] == f"urn:tinbai:problem:{kind}"
    assert answer.headers["x-request-id"] == "abc"
    assert "secret" not in answer.text


async def test_a_method_that_is_not_there_is_a_problem_too(client):
    answer = await client.request("BREW", "/healthz")

    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_service_that_cannot_do_its_part_is_not_ready(client):
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/healthz")).status_code == 200


async def test_the_documentation_needs_nothing_from_outside(client):
    page = (await client.get("/docs")).text

    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


async def test_metrics_count_by_pattern_and_not_by_address(client):
    await client.get("/raises/busy")
    await client.request("X" * 50, "/healthz")

    metrics = (await client.get("/metrics")).text

    assert 'route="/raises/{what}"' in metrics
    assert "XXX" not in metrics


async def test_head_gives_what_get_gives_without_content(client):
    head, get = await client.head("/healthz"), await client.get("/healthz")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert (await client.head("/raises/full")).status_code == 503
    assert 'method="HEAD",route="/healthz"' in (await client.get("/metrics")).text


async def test_allow_names_the_methods_of_all_routes_of_a_path(client):
    answer = await client.patch("/things")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
