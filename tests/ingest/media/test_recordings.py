"""Sound and film: what they are, that they are whole, and that they keep no place."""

import io
from dataclasses import replace
from pathlib import Path

import av
import pytest

from services.common.renditions import ORIGINAL
from services.ingest.media.found import Found
from services.ingest.media.kinds import Refused, sniff
from services.ingest.media.recordings import take_recording
from tests.ingest.media.samples import SIZE, recording

FILM = [("mp4", "libx264", "aac"), ("mp4", "libx265", "aac"), ("webm", "libvpx-vp9", "libopus")]
SOUND = [("mp4", "", "aac"), ("mp3", "", "libmp3lame"), ("ogg", "", "libopus")]
READ_VERSION = b"\x42\xf7\x81\x01"
SEGMENT = b"\x18\x53\x80\x67"
TYPES = {"mp4": "audio/mp4", "mp3": "audio/mpeg", "ogg": "audio/ogg"}


@pytest.fixture
def take(tmp_path):
    def work(data: bytes) -> Found:
        source = tmp_path / "upload"
        source.write_bytes(data)
        return take_recording(source, tmp_path, sniff(data[:4096]))

    return work


def kept(folder: Path) -> bytes:
    return (folder / ORIGINAL).read_bytes()


@pytest.mark.parametrize("made", FILM)
def test_a_film_tells_its_size_and_duration(take, tmp_path, made):
    found = take(recording(*made))

    assert (found.content_type, found.width, found.height) == (f"video/{made[0]}", *SIZE)
    assert found.duration == pytest.approx(1.0, abs=0.1)
    assert found.size == len(kept(tmp_path))


@pytest.mark.parametrize("made", SOUND)
def test_a_sound_tells_its_duration(take, made):
    found = take(recording(*made))

    assert replace(found, size=0, duration=None) == Found(TYPES[made[0]], 0)
    assert found.duration == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("made", FILM + SOUND)
def test_the_place_stays_behind_and_all_of_the_recording_is_kept(take, tmp_path, made):
    sent = recording(*made)
    take(sent)

    assert {"title", "location", "comment"} <= set(noted(sent))
    assert not {"location", "comment", "encoder"} & set(noted(kept(tmp_path)))
    assert noted(kept(tmp_path))["title"] == "Lễ khởi công"
    assert packets(kept(tmp_path)) == packets(sent)


def test_a_film_made_with_the_phone_upright_is_shown_upright(take, tmp_path):
    found = take(recording("mp4", "libx264", rotated=90))

    assert (found.width, found.height) == SIZE[::-1]
    with av.open(io.BytesIO(kept(tmp_path)), "r") as film:
        assert next(film.decode(video=0)).rotation == 90


def test_a_film_begins_to_play_before_all_of_it_has_come(take, tmp_path):
    take(recording("mp4", "libx264", "aac"))

    assert kept(tmp_path).index(b"moov") < kept(tmp_path).index(b"mdat")


@pytest.mark.parametrize("made", FILM + SOUND)
@pytest.mark.parametrize("missing", [1, 100, 0.5])
def test_what_was_cut_off_is_refused(take, made, missing):
    whole = recording(*made)
    cut = missing if missing >= 1 else int(len(whole) * missing)

    with pytest.raises(Refused):
        take(whole[: len(whole) - int(cut)])


def test_a_live_recording_that_leaves_its_length_open_is_refused_for_its_lost_end(take):
    whole = recording("webm", "libvpx-vp9", "libopus", 4)
    at = whole.index(SEGMENT) + len(SEGMENT)
    live = whole[:at] + b"\x01" + b"\xff" * 7 + whole[at + 8 :]

    assert take(live).duration == pytest.approx(4.0, abs=0.1)
    with pytest.raises(Refused):
        take(live[: len(live) // 2])


def test_what_the_library_cannot_read_is_refused(take):
    whole = recording("webm", "libvpx-vp9", "libopus")
    at = whole.index(READ_VERSION)
    newer = whole[:at] + READ_VERSION[:-1] + b"\x02" + whole[at + len(READ_VERSION) :]

    with pytest.raises(Refused):
        take(newer)


def test_a_phones_film_still_plays_where_only_its_own_kind_does(take, tmp_path):
    sent = recording("mp4", "libx265", "aac").replace(b"hev1", b"hvc1")

    take(sent)

    assert b"hvc1" in kept(tmp_path)


def test_what_browsers_cannot_play_is_refused_with_its_name(take):
    with pytest.raises(Refused, match="mpeg4"):
        take(recording("mp4", "mpeg4"))


def noted(data: bytes) -> dict[str, str]:
    with av.open(io.BytesIO(data), "r") as file:
        noted = [file.metadata, *(stream.metadata for stream in file.streams)]
    words = {name.lower(): value for each in noted for name, value in each.items()}
    # WebM must name a writer; this one names no version.
    return {name: value for name, value in words.items() if value != "Lavf"}


def packets(data: bytes) -> list[tuple[str, int, bytes]]:
    with av.open(io.BytesIO(data), "r") as file:
        return [
            (packet.stream.type, packet.pts or 0, bytes(packet))
            for packet in file.demux()
            if packet.size
        ]
