import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import brotli
import pytest
from backports import zstd

from services.common.codings import CODINGS
from services.syndicate.feeds.binding import Document
from services.syndicate.feeds.site import Site
from services.syndicate.serving import finishing as finishing_module
from services.syndicate.serving.finishing import Finishing
from services.syndicate.serving.folder import Folder
from services.syndicate.serving.shelf import Shelf

WITHIN = 10  # seconds
FEED = "/feeds/latest.rss"


def document(text: str, path: str = FEED) -> Document:
    return Document(path, "text/plain", f'"{text}"', text.encode() * 1000)


@pytest.fixture
def shelf(site: Site) -> Shelf:
    return Shelf(site)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "public"


@asynccontextmanager
async def at_work(shelf: Shelf, root: Path) -> AsyncIterator[None]:
    task = asyncio.create_task(Finishing(shelf, Folder(root)).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN):
        while not condition():
            await asyncio.sleep(0.01)


def plain(root: Path) -> bytes | None:
    file = root / FEED[1:]
    return file.read_bytes() if file.exists() else None


async def test_what_is_put_on_the_shelf_is_soon_there_in_every_coding_and_as_files(shelf, root):
    async with at_work(shelf, root):
        shelf.put([document("one")])
        assert set(shelf.answers[FEED].found) == {"identity"}
        await until(lambda: set(shelf.answers[FEED].found) == set(CODINGS))
        await until(lambda: len(list((root / "feeds").glob("latest.rss*"))) == 4)
    assert plain(root) == document("one").body


async def test_what_was_taken_back_is_in_no_file_compressed_or_not(shelf, root):
    opened: dict[str, Callable[[bytes], bytes]] = {
        ".gz": gzip.decompress,
        ".br": brotli.decompress,
        ".zst": zstd.decompress,
        # Under way when the work was ended: they lie aside under the names of their codings.
        "gzip": gzip.decompress,
        "br": brotli.decompress,
        "zstd": zstd.decompress,
    }

    def texts() -> set[bytes]:
        files = [file for file in root.rglob("*") if file.is_file()]
        return {opened.get(file.suffix or file.name, bytes)(file.read_bytes()) for file in files}

    async with at_work(shelf, root):
        shelf.put([document("taken back")])
        await until(lambda: len(list((root / "feeds").glob("latest.rss*"))) == 4)
        assert texts() == {document("taken back").body}
        shelf.put([document("notice")])
        await until(lambda: plain(root) == document("notice").body)
    assert texts() == {document("notice").body}


async def test_after_many_changes_the_last_one_is_what_stays(shelf, root):
    async with at_work(shelf, root):
        for n in range(50):
            shelf.put([document(f"text {n}"), document(f"text {n}", f"/feeds/{n}.rss")])
            await asyncio.sleep(0)
        last = document("text 49").body
        await until(lambda: plain(root) == last)
        await until(lambda: set(shelf.answers[FEED].found) == set(CODINGS))
    assert shelf.answers[FEED].found["identity"].body == last


async def test_a_document_that_changes_all_the_time_is_finished_all_the_same(shelf, root):
    finished = set()
    async with at_work(shelf, root):
        for n in range(3000):
            shelf.put([document(f"text {n} {place}", f"/feeds/{place}.rss") for place in range(5)])
            await asyncio.sleep(0.001)
            finished |= {file.name for file in root.rglob("*.br")}
            if finished >= {f"{place}.rss.br" for place in range(5)}:
                return
    pytest.fail("it never was")


async def test_what_changed_last_is_not_held_up_by_very_much_that_changed_before(shelf, root):
    many = [document(f"text {n}", f"/feeds/units/{n}.rss") for n in range(400)]
    async with at_work(shelf, root):
        shelf.put([document("taken back"), *many])
        await until(lambda: plain(root))
        shelf.put([document(f"new {n}", f"/feeds/units/{n}.rss") for n in range(400)])
        shelf.put([document("a notice")])
        await until(lambda: plain(root) == document("a notice").body)
        assert len(list(root.rglob("units/*.rss"))) < 200


async def test_a_start_removes_the_files_of_what_is_not_served_and_writes_what_is_missing(
    shelf, root
):
    Folder(root).open()
    old = root / "feeds" / "units" / "gone.rss"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"taken back")
    async with at_work(shelf, root):
        shelf.put([document("one")])
        await until(lambda: not old.exists())
        assert plain(root) == document("one").body


async def test_files_that_cannot_be_written_now_are_written_later(shelf, root, monkeypatch):
    monkeypatch.setattr(finishing_module, "_PAUSE", 0.01)
    root.write_text("a file in the folder's place")
    attempts: list[Folder] = []
    real = Folder.open

    def noted(folder: Folder) -> None:
        attempts.append(folder)
        real(folder)

    monkeypatch.setattr(Folder, "open", noted)
    async with at_work(shelf, root):
        shelf.put([document("one")])
        await until(lambda: len(attempts) > 1)
        root.unlink()
        await until(lambda: plain(root) == document("one").body)
