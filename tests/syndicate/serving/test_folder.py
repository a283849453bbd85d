import os
import stat
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from services.common.codings import SUFFIXES, quick, slow
from services.syndicate.serving.folder import Folder, file_name

PATH = "/feeds/units/HQ-HP.rss"
OLD, NEW = b"old text " * 100, b"new text " * 100


def bodies(text: bytes):
    return {"identity": text, **quick(text), **slow(text)}


@pytest.fixture
def folder(tmp_path):
    folder = Folder(tmp_path / "public")
    folder.open()
    return folder


def contents(root: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "index.html"),
        ("/feeds.opml", "feeds.opml"),
        (PATH, "feeds/units/HQ-HP.rss"),
        ("/feeds/languages/zh-Hant.json", "feeds/languages/zh-Hant.json"),
        ("/feeds/units/..rss", None),
        ("/feeds/units/../../x.rss", None),
        ("/feeds//x.rss", None),
        ("/feeds/units/.rss", None),
        ("/feeds/units/a\0.rss", None),
        ("/feeds/units/a\\b.rss", None),
        ("/feeds/units/Hà.rss", None),
        ("/feeds/units/x.rss.gz", None),
        ("feeds/x.rss", None),
        (f"/feeds/{'x' * 201}.rss", None),
    ],
)
def test_only_a_plain_name_becomes_a_file(path, name):
    assert file_name(path) == name


def test_a_document_lies_there_in_every_coding(folder, tmp_path):
    folder.write(PATH, bodies(NEW))

    there = contents(tmp_path / "public")

    assert there.keys() == {f"feeds/units/HQ-HP.rss{end}" for end in ("", ".gz", ".br", ".zst")}
    assert there["feeds/units/HQ-HP.rss"] == NEW


def test_what_has_no_name_as_a_file_is_not_written(folder, tmp_path):
    folder.write("/feeds/../../x.rss", bodies(NEW))
    assert not contents(tmp_path)


def test_a_change_leaves_no_old_bytes_even_where_a_coding_is_missing(folder, tmp_path):
    folder.write(PATH, bodies(OLD))
    folder.write(PATH, {"identity": NEW})
    assert contents(tmp_path / "public") == {"feeds/units/HQ-HP.rss": NEW}


def test_a_start_drops_what_a_crash_left_half_written(tmp_path):
    left = tmp_path / "public" / ".unfinished" / "identity"
    left.parent.mkdir(parents=True)
    left.write_bytes(OLD)
    Folder(tmp_path / "public").open()
    assert not contents(tmp_path)


def test_a_folder_with_files_of_others_is_left_alone(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "holiday.jpg").write_bytes(b"1")
    with pytest.raises(FileExistsError, match="name an empty folder"):
        Folder(tmp_path).open()
    assert contents(tmp_path) == {"photos/holiday.jpg": b"1"}
    assert not (tmp_path / ".unfinished").exists()


def test_what_is_no_longer_served_goes(folder, tmp_path):
    folder.write("/feeds/gone.rss", bodies(OLD))
    folder.write(PATH, {"identity": NEW})
    folder.sweep([PATH, "/feeds/../x.rss"])
    assert contents(tmp_path / "public") == {"feeds/units/HQ-HP.rss": NEW}


def test_two_changes_within_a_second_have_different_times(folder, tmp_path):
    """A web server makes the ETag from time in seconds and size."""
    times = set()
    for text in (b"5 xe", b"6 xe", b"7 xe"):
        folder.write(PATH, {"identity": text})
        times.add(int((tmp_path / "public" / PATH[1:]).stat().st_mtime))
    assert len(times) == 3


def test_the_same_bytes_keep_their_time(folder, tmp_path):
    folder.write(PATH, bodies(NEW))
    before = (tmp_path / "public" / PATH[1:]).stat()
    again = Folder(tmp_path / "public")
    again.open()
    again.write(PATH, bodies(NEW))
    assert (tmp_path / "public" / PATH[1:]).stat() == before


def test_a_file_that_power_cut_off_is_written_again(folder, tmp_path):
    folder.write(PATH, bodies(NEW))
    (tmp_path / "public" / f"{PATH[1:]}.gz").write_bytes(b"")
    folder.write(PATH, bodies(NEW))
    assert contents(tmp_path / "public")[f"{PATH[1:]}.gz"] == bodies(NEW)["gzip"]


def test_where_the_new_cannot_be_written_the_old_is_not_left(folder, tmp_path):
    folder.write(PATH, bodies(OLD))
    (tmp_path / "public" / ".unfinished").rename(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="unfinished"):
        folder.write(PATH, bodies(NEW))
    assert not contents(tmp_path / "public")


def test_no_reader_finds_half_a_file_or_compressed_bytes_older_than_the_text(folder, tmp_path):
    plain = tmp_path / "public" / PATH[1:]
    texts = [bodies(str(n).encode() * 5000) for n in range(60)]
    numbers = {made[coding]: n for n, made in enumerate(texts) for coding in made}
    folder.write(PATH, texts[0])

    def change() -> None:
        for made in texts:
            folder.write(PATH, made)

    writer = threading.Thread(target=change)
    writer.start()
    while writer.is_alive():
        text = numbers[plain.read_bytes()]
        for suffix in SUFFIXES.values():
            with suppress(FileNotFoundError):
                assert numbers[plain.with_name(f"{plain.name}.{suffix}").read_bytes()] >= text
    writer.join()
    assert numbers[plain.read_bytes()] == 59


def test_a_web_server_may_read_the_files(folder, tmp_path):
    before = os.umask(0o022)
    try:
        folder.write(PATH, bodies(NEW))
    finally:
        os.umask(before)
    assert (tmp_path / "public" / PATH[1:]).stat().st_mode & stat.S_IROTH
