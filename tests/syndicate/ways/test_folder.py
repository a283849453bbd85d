"""Files in folders: whole or not at all, and nowhere but where ops allow it."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from services.syndicate.ways.filing.files import File, lay_down, try_out
from services.syndicate.ways.filing.folder import Folders, allowed_root
from services.syndicate.ways.sending import NotTaken, Way
from tests.syndicate.ways.parcels import way

BIG = 300_000


def file(name: str = "000000000001-published-x-v1.json", content: bytes = b"{}") -> File:
    return File(name, content, "application/json")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "partners" / "vtv").mkdir(parents=True)
    return tmp_path / "partners"


@pytest.fixture
def folders(root: Path) -> Folders:
    return Folders([root])


def to(target: Path) -> Way:
    return way("folder", str(target))


async def put(folders: Folders, target: Path, *files: File) -> None:
    async with folders.open(to(target)) as place:
        for each in files:
            await place.put(each)


def names(target: Path) -> list[str]:
    return sorted(each.name for each in target.iterdir())


async def test_a_file_is_there_and_nothing_else(root, folders):
    await put(folders, root / "vtv", file(content=b"tin"))

    assert names(root / "vtv") == [file().name]
    assert (root / "vtv" / file().name).read_bytes() == b"tin"
    assert (root / "vtv" / file().name).stat().st_mode & 0o777 == 0o644


async def test_the_same_file_again_is_the_same_file(root, folders):
    await put(folders, root / "vtv", file(content=b"tin"), file(content=b"tin"))

    assert names(root / "vtv") == [file().name]


async def test_who_watches_the_folder_never_sees_half_a_file(root, folders):
    seen, stop = set(), threading.Event()

    def watch() -> None:
        while not stop.is_set():
            for each in (root / "vtv").glob("[!.]*"):
                seen.add(len(each.read_bytes()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for content in (b"a" * BIG, b"b" * (BIG + 1)) * 5:
        await put(folders, root / "vtv", file(content=content))
    stop.set()
    watcher.join()

    assert seen <= {BIG, BIG + 1}
    assert names(root / "vtv") == [file().name]


async def test_what_is_newer_takes_the_place_of_what_nobody_fetched(root, folders):
    async with folders.open(to(root / "vtv")) as place:
        await place.put(file("1.json"))
        await place.put(file("2.json"))
        await lay_down(place, file("3.json"), ["1.json", "2.json", "never-was.json"])

    assert names(root / "vtv") == ["3.json"]


async def test_what_a_process_left_unfinished_goes_with_its_article(root, folders):
    (root / "vtv" / ".1.json.part").write_bytes(b"half of a te")
    async with folders.open(to(root / "vtv")) as place:
        await lay_down(place, file("2.json"), ["1.json"])

    assert names(root / "vtv") == ["2.json"]


async def test_trying_a_way_out_leaves_nothing(root, folders):
    async with folders.open(to(root / "vtv")) as place:
        await try_out(place)

    assert names(root / "vtv") == []


@pytest.mark.parametrize(
    "target",
    [
        "/etc",
        "/srv/partnersx/vtv",
        "/srv/partners/../etc",
        "/srv/partners/vtv/",
        "/srv//partners/vtv",
        "/srv/partners/./vtv",
        "srv/partners/vtv",
        "/srv/partners/vtv\0",
        "",
    ],
)
def test_a_folder_elsewhere_or_written_oddly_is_not_allowed(target):
    assert allowed_root(target, [Path("/srv/partners")]) is None


@pytest.mark.parametrize("target", ["/srv/partners", "/srv/partners/vtv", "/srv/partners/a b/ơ"])
def test_a_folder_within_is_allowed(target):
    assert allowed_root(target, [Path("/mnt"), Path("/srv/partners")]) == Path("/srv/partners")


async def test_what_ops_no_longer_allow_is_not_written(root, folders, tmp_path):
    with pytest.raises(NotTaken, match="folder_not_allowed"):
        await put(folders, tmp_path, file())


async def test_a_symbolic_link_leads_nowhere(root, folders, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "link").symlink_to(outside)

    with pytest.raises(NotTaken, match=r"symbolic_link|not_a_folder"):
        await put(folders, root / "link", file())
    with pytest.raises(NotTaken, match=r"symbolic_link|not_a_folder"):
        async with folders.open(to(root / "link")) as place:
            await place.remove("anything")

    assert names(outside) == []


@pytest.mark.parametrize("link", ["1.json", ".1.json.part"])
async def test_a_link_where_the_file_should_be_is_replaced_and_not_followed(
    root, folders, tmp_path, link
):
    precious = tmp_path / "precious"
    precious.write_text("as it was")
    (root / "vtv" / link).symlink_to(precious)

    await put(folders, root / "vtv", file("1.json", b"tin"))

    assert precious.read_text() == "as it was"
    assert not (root / "vtv" / "1.json").is_symlink()
    assert (root / "vtv" / "1.json").read_bytes() == b"tin"


@pytest.mark.parametrize(("name", "reason"), [("nowhere", "no_such_folder"), ("file", "not_a_fol")])
async def test_what_is_no_folder_is_said_in_a_word(root, folders, name, reason):
    (root / "file").touch()

    with pytest.raises(NotTaken, match=reason):
        await put(folders, root / name, file())


async def test_a_folder_that_hangs_holds_up_its_own_way_only(root, folders, monkeypatch):
    (root / "hanging").mkdir()
    hangs, freed = threading.Event(), threading.Event()
    fsync = os.fsync

    def slow(opened: int) -> None:
        if "hanging" in str(Path(f"/proc/self/fd/{opened}").readlink()):
            hangs.set()
            freed.wait(30)
        fsync(opened)

    monkeypatch.setattr(os, "fsync", slow)
    stuck = to(root / "hanging")

    async def retract() -> None:
        async with folders.open(stuck) as place:
            await lay_down(place, file("2.json"), ["1.json"])

    async def publish() -> None:
        async with folders.open(stuck) as place:
            await place.put(file("1.json"))

    first = asyncio.create_task(publish())
    await asyncio.to_thread(hangs.wait, 30)
    await put(folders, root / "vtv", file())  # as if nothing were
    first.cancel()  # as the engine does, after a minute
    second = asyncio.create_task(retract())
    freed.set()
    await second

    assert names(root / "vtv") == [file().name]
    assert names(root / "hanging") == ["2.json"]  # what was late did not come after it
