"""Media are kept alike in a folder and in an object store."""

import asyncio
from uuid import uuid4

import pytest
from obstore.store import MemoryStore

from services.common.media import MediaSettings, MediaStore, media_store
from services.common.problems import Problem
from services.common.renditions import ORIGINAL, rendition
from services.common.streaming import part_of

BYTES = bytes(range(256)) * 4000


@pytest.fixture(params=["folder", "memory", "url"])
def store(request, tmp_path) -> MediaStore:
    if request.param == "memory":
        return MediaStore(MemoryStore())
    url = None
    if request.param == "url":
        (tmp_path / "elsewhere").mkdir()
        url = (tmp_path / "elsewhere").as_uri()
    return media_store(MediaSettings(port=0, data=tmp_path, media_url=url))


@pytest.fixture
def files(tmp_path):
    def make(original: bytes = BYTES, **others: bytes):
        folder = tmp_path / "media" / "work"
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in {ORIGINAL: original, **others}.items():
            (folder / name).write_bytes(data)
        return folder

    return make


async def read(store, media_id, name=ORIGINAL, start=0, end=None) -> bytes:
    end = len(BYTES) if end is None else end
    return b"".join([piece async for piece in store.read(media_id, name, start, end)])


async def test_what_is_put_is_read_whole_and_in_part(store, files):
    media_id = uuid4()
    await store.put(media_id, files())

    assert await store.size(media_id) == len(BYTES)
    assert await read(store, media_id) == BYTES
    assert await read(store, media_id, start=1000, end=1010) == BYTES[1000:1010]


async def test_what_was_never_put_is_not_there(store):
    assert await store.size(uuid4()) is None


async def test_the_same_put_twice_is_there_once(store, files):
    media_id = uuid4()
    for _ in range(2):
        await store.put(media_id, files())

    assert await read(store, media_id) == BYTES


async def test_two_that_delete_the_same_at_the_same_time_do_not_hinder_each_other(store, files):
    for _ in range(20):
        media_id = uuid4()
        await store.put(media_id, files(**{rendition(320): b"small", rendition(640): b"middle"}))

        await asyncio.gather(store.delete(media_id), store.delete(media_id))

        assert await store.size(media_id) is None


async def test_what_is_deleted_is_gone_with_all_that_belongs_to_it_and_nothing_else(
    store, files, tmp_path
):
    media_id, other = uuid4(), uuid4()
    await store.put(media_id, files(**{rendition(320): b"small", rendition(640): b"middle"}))
    await store.put(other, files(b"another"))

    await store.delete(media_id)
    await store.delete(media_id)

    for name in (ORIGINAL, rendition(320), rendition(640)):
        assert await store.size(media_id, name) is None
    assert await store.size(other) == len(b"another")
    assert not list(tmp_path.rglob(f"*{media_id}*/*"))


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("pages=1-2", None),
        ("", None),
    ],
)
def test_a_range_is_understood_or_passed_over(wanted, part):
    assert part_of(wanted, 100) == part


@pytest.mark.parametrize("wanted", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(wanted):
    with pytest.raises(Problem) as refused:
        part_of(wanted, 100)

    assert refused.value.status == 416
    assert refused.value.headers == {"Content-Range": "bytes */100"}
