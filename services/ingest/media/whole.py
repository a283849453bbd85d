"""Whether a recording is whole, by the lengths that its container declares of itself.

Players read on where a file was cut off, and so do the libraries that are made for them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from services.ingest.media.kinds import MP4, OGG, WEBM, Format

_OGG_TAIL = 65_536 + 282  # bytes: the longest page there is, with its header
_LAST_PAGE = 4


def is_whole(path: Path, taken: Format) -> bool:
    """Say whether `path` ends where its container says; of MP3, which says nothing, True."""
    check = _CHECKS.get(taken)
    with path.open("rb") as file:
        return check is None or check(file, path.stat().st_size)


def _boxes_fit(file: BinaryIO, size: int) -> bool:
    """ISO/IEC 14496-12, section 4.2: boxes of a declared size, one after the other."""
    at, seen = 0, set()
    while at < size:
        file.seek(at)
        header = file.read(16)
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        elif length == 0:  # to the end
            length = size - at
        if length < 8:
            return False
        seen.add(header[4:8])
        at += length
    return at == size and b"moov" in seen


def _elements_fit(file: BinaryIO, size: int) -> bool:
    """RFC 8794: a header and a segment; that of a live recording may leave its length open."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(12)
        id_length = _vint_length(head[:1])
        length_length = _vint_length(head[id_length : id_length + 1])
        if not 1 <= id_length <= 4 or not length_length:
            return False
        coded = head[id_length : id_length + length_length]
        length = int.from_bytes(coded, "big") & ((1 << 7 * length_length) - 1)
        if length == (1 << 7 * length_length) - 1:
            return True
        at += id_length + length_length + length
    return at == size


def _vint_length(first: bytes) -> int:
    return 9 - first[0].bit_length() if first and first[0] else 0


def _last_page_fits(file: BinaryIO, size: int) -> bool:
    """RFC 3533, section 6: the last page is marked, and its segments tell its length."""
    file.seek(max(0, size - _OGG_TAIL))
    tail = file.read()
    at = tail.rfind(b"OggS")
    page = tail[at:]
    if at < 0 or len(page) < 27 or len(page) < 27 + page[26]:
        return False
    segments = page[27 : 27 + page[26]]
    return bool(page[5] & _LAST_PAGE) and len(page) == 27 + len(segments) + sum(segments)


_CHECKS: dict[Format, Callable[[BinaryIO, int], bool]] = {
    MP4: _boxes_fit,
    WEBM: _elements_fit,
    OGG: _last_page_fits,
}


# MPEG audio layer III: bits a second in thousands by their index, for version 1 and for 2 and 2.5.
_BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = (44_100, 48_000, 32_000)
_RATE_DIVISOR = {3: 1, 2: 2, 0: 4}
_TELLS_LENGTH = (b"Xing", b"Info", b"VBRI")
_LENGTH_WITHIN = 4096  # bytes, behind the tag


def frame_is_whole(frame: bytes) -> bool:
    """Say whether an MP3's frame is as long as its own header says (ISO/IEC 11172-3, 2.4.1.3)."""
    if len(frame) < 4 or frame[0] != 0xFF:
        return True  # no frame, but what some writers put behind the last one
    version, bits, rate = frame[1] >> 3 & 3, frame[2] >> 4, frame[2] >> 2 & 3
    if version == 1 or bits in (0, 15) or rate == 3:
        return True
    bitrate = _BITRATES[3 if version == 3 else 2][bits] * 1000
    slots = 144 if version == 3 else 72
    whole = slots * bitrate // (_RATES[rate] // _RATE_DIVISOR[version]) + (frame[2] >> 1 & 1)
    return len(frame) >= whole


def mp3_tells_length(path: Path) -> bool:
    """Say whether an MP3 notes its length; otherwise readers guess it."""
    with path.open("rb") as file:
        head = file.read(10)
        if head.startswith(b"ID3"):
            size = sum((byte & 0x7F) << 7 * (3 - place) for place, byte in enumerate(head[6:10]))
            file.seek(10 + size)
        begin = file.read(_LENGTH_WITHIN)
    return any(mark in begin for mark in _TELLS_LENGTH)
