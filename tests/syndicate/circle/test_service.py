"""In the service as it is put together, the circle closes by itself."""

import asyncio
from typing import Any

import httpx2
from fastapi import FastAPI

from services.common.database import Database
from services.syndicate.app import build
from services.syndicate.migrations import migrate
from services.syndicate.settings import SyndicateSettings
from tests.factories import article, retraction
from tests.syndicate.circle.conftest import KEY, Newsroom
from tests.syndicate.service import NO_KAFKA


def service_behind(app: Any) -> FastAPI:
    """Give the application behind what answers for feeds."""
    while not isinstance(app, FastAPI):
        app = app._behind
    return app


async def test_a_retraction_is_followed_up_after_a_restart(tmp_path):
    key = tmp_path / "admin.key"
    key.write_text(KEY)
    settings = SyndicateSettings(data=tmp_path, kafka_bootstrap=NO_KAFKA, admin_key_file=key)
    store = Database(settings.database, migrate, "syndicate")
    first = article()
    app = build(settings)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://inside"
    ) as http:
        newsroom = Newsroom(store, http)
        await newsroom.partner("a", ack_deadline=1)
        await newsroom.release(first)
        await newsroom.release(retraction(first.id))
        await store.close()

        service = service_behind(app)
        async with service.router.lifespan_context(service):
            headers = {"Authorization": "Bearer a"}
            changes = (await http.get("/partners/a/changes", headers=headers)).json()
            async with asyncio.timeout(30):
                while not (report := await found(newsroom, first)):
                    await asyncio.sleep(0.1)
            late = await newsroom.say("a", "removed", first.id)
            done = await newsroom.ask(f"/articles/{first.id}/retraction-report")

    assert [entry["kind"] for entry in changes["items"]] == ["published", "retracted"]
    assert [told["pulled"] for told in report["items"][0]["told"]] == [True, True]
    assert late.status_code == 201
    assert done["counts"]["late"] == 1


async def found(newsroom: Newsroom, of: Any) -> Any:
    """Give the report once it is overdue, and known how far the partner has read."""
    report = await newsroom.ask(f"/articles/{of.id}/retraction-report")
    (item,) = report["items"]
    return report if item["status"] == "overdue" and item["asked"]["pulled_at"] else None
