"""Who may have the index made anew, and what is told of it."""

import asyncio

import pytest

from tests.archive.conftest import running_archive
from tests.factories import article

REBUILD = "/v1/admin/rebuild"
ADMIN = {"Authorization": "Bearer key"}


@pytest.fixture
async def guarded(tmp_path):
    (tmp_path / "admin.key").write_text("key")
    async with running_archive(tmp_path, admin_key_file=tmp_path / "admin.key") as running:
        yield running


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nobody_but_an_admin_gets_there(guarded, method):
    for headers in ({}, {"Authorization": "Bearer other"}):
        answer = await guarded.http.request(method, REBUILD, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["type"] == "urn:tinbai:problem:unauthorized"


async def test_without_a_key_file_nobody_is_an_admin(archive):
    answer = await archive.http.post(REBUILD, headers=ADMIN)
    assert answer.status_code == 401


async def test_without_kafka_it_fails_with_a_reason_and_the_old_index_goes_on(guarded):
    guarded.take(kept := article())
    before = (await guarded.http.get(REBUILD, headers=ADMIN)).json()
    assert before["state"] == "none"

    answer = await guarded.http.post(REBUILD, headers=ADMIN)
    assert answer.status_code == 202
    assert answer.json()["state"] == "running"
    async with asyncio.timeout(60):
        while (state := (await guarded.http.get(REBUILD, headers=ADMIN)).json())["ended"] is None:
            await asyncio.sleep(0.02)
    assert state["state"] == "failed"
    assert state["reason"]
    assert await guarded.ids("/v1/latest") == [str(kept.id)]
    assert (await guarded.http.post(REBUILD, headers=ADMIN)).json()["state"] == "running"
