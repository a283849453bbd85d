"""What a file is, by its bytes, and what a sender may call it."""

import pytest

from services.ingest.media.kinds import (
    FORMATS,
    MP4,
    WEBM,
    Refused,
    check_claims,
    check_family,
    file_name,
    sniff,
)
from tests.ingest.media.samples import jpeg, recording


def test_each_kind_is_recognised_by_its_bytes():
    heads = {
        "JPEG": jpeg(),
        "PNG": b"\x89PNG\r\n\x1a\n",
        "WebP": b"RIFF\0\0\0\0WEBPVP8 ",
        "MP4": recording("mp4", "", "aac"),
        "WebM": recording("webm", "", "libopus"),
        "MP3": recording("mp3", "", "libmp3lame"),
        "Ogg": recording("ogg", "", "libopus"),
    }

    assert {name: sniff(head[:4096]).name for name, head in heads.items()} == {
        name: name for name in FORMATS
    }


def test_an_mp3_without_a_tag_is_recognised_by_its_frame():
    assert sniff(b"\xff\xfb\x90\x64" + bytes(400)).name == "MP3"


@pytest.mark.parametrize(
    ("head", "advice"),
    [
        (b"", "empty"),
        (b"GIF89a", "MP4 or WebM"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "scripts"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"\0\0\0\x18ftypavif", "AVIF"),
        (b"\0\0\0\x14ftypqt  ", "MP4"),
        (b"--x\r\nContent-Disposition: form-data; name=f", "not a form"),
        (b"%PDF-1.7", "no file that we take"),
        (b"MZ\x90", "no file that we take"),
        (b"RIFF\0\0\0\0WAVE", "no file that we take"),
    ],
)
def test_what_is_not_taken_is_told_with_the_way_out(head, advice):
    with pytest.raises(Refused, match=advice) as refused:
        sniff(head)

    assert refused.value.kind == "unsupported-media-type"


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        (None, None),
        ("video/mp4", "film.mp4"),
        ("Audio/MP4; codecs=mp4a.40.2", "TIN.M4A"),
        ("application/octet-stream", "film"),
        ("application/x-www-form-urlencoded", None),
        (None, "báo cáo ngày 2.3"),
    ],
)
def test_a_name_that_fits_or_says_nothing_is_taken(content_type, name):
    check_claims(MP4, content_type, name)


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        ("image/jpeg", None),
        ("text/html", None),
        ("video/webm", "film.mp4"),
        ("video/mp4", "film.webm"),
        (None, "film.mp4.exe"),
        (None, "film.svg"),
    ],
)
def test_a_name_that_contradicts_the_bytes_is_refused(content_type, name):
    with pytest.raises(Refused, match="MP4") as refused:
        check_claims(MP4, content_type, name)

    assert refused.value.kind == "unsupported-media-type"


def test_sound_must_not_be_called_film():
    check_claims(WEBM, "video/webm", None)
    check_family("application/octet-stream", "audio/webm")
    check_family("audio/webm", "audio/webm")

    with pytest.raises(Refused):
        check_family("video/webm", "audio/webm")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (None, None),
        ("attachment", None),
        ('attachment; filename="anh.jpg"', "anh.jpg"),
        ("attachment; filename*=UTF-8''%E1%BA%A3nh.png", "ảnh.png"),
    ],
)
def test_the_file_name_is_read_from_its_header(header, name):
    assert file_name(header) == name
