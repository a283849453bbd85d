"""Sound and film put into a new container, without re-encoding. Runs in the workshop.

What a phone notes of place and person stands in the container, and stays behind with it: so do
tracks that are neither sound nor picture, such as a drone's positions, and cover pictures.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from services.common.renditions import ORIGINAL
from services.common.said import said
from services.ingest.media.found import Found
from services.ingest.media.kinds import MP3, MP4, OGG, WEBM, Format, Refused
from services.ingest.media.whole import frame_is_whole, is_whole, mp3_tells_length

_MAX_TRACKS = 16
_MAX_SIDE = 16_384  # pixels
_KEPT = {"title", "artist", "album", "copyright"}
_TYPES = {MP4: "mp4", WEBM: "webm", MP3: "mpeg", OGG: "ogg"}
# A duration that is noted may be rounded, and a track may end before the others do.
_LEEWAY = 1.0  # seconds
_LEEWAY_SHARE = 0.02


@dataclass(frozen=True)
class _Way:
    """How a format is read and written, and which codecs browsers play in it.

    The reader is named: left to guess, ffmpeg knows formats that fetch other files.
    """

    reader: str
    writer: str
    codecs: frozenset[str]


_SOUND = {"aac", "mp3", "opus", "flac"}
_WAYS = {
    MP4: _Way("mov", "mp4", frozenset({"h264", "hevc", "av1", "vp9", "alac"} | _SOUND)),
    WEBM: _Way("matroska", "webm", frozenset({"vp8", "vp9", "av1", "vorbis", "opus"})),
    MP3: _Way("mp3", "mp3", frozenset({"mp3"})),
    OGG: _Way("ogg", "ogg", frozenset({"vorbis", "opus", "flac"})),
}
_WRITING = {"fflags": "+bitexact"}  # without the date and the name of the writer
# The index in front, so that a film plays before all of it has come.
_WRITING_MP4 = _WRITING | {"movflags": "+faststart"}


def take_recording(source: Path, folder: Path, taken: Format) -> Found:
    """Write sound or film into `folder`. Raises Refused, or OSError as the disk does."""
    if not is_whole(source, taken):
        raise _cut_off()
    try:
        return _copied(source, folder, taken)
    except av.FFmpegError as error:
        if isinstance(error, OSError):
            raise
        raise _cut_off() from error


def _copied(source: Path, folder: Path, taken: Format) -> Found:
    way = _WAYS[taken]
    target = folder / ORIGINAL
    writing = _WRITING_MP4 if taken is MP4 else _WRITING
    with (
        av.open(source, format=way.reader, options={"protocol_whitelist": "file"}) as given,
        av.open(target, "w", format=way.writer, options=writing) as kept,
    ):
        tracks = _tracks(given, way, taken)
        kept.metadata.update(_kept_words(given.metadata, *(each.metadata for each in tracks)))
        measured = _copy(given, kept, tracks, taken)
        duration = _duration(given, source, measured, taken)
        film = next((each for each in tracks if isinstance(each, VideoStream)), None)
    width, height = (None, None) if film is None else _shown_size(source, way, film)
    return Found(
        content_type=f"{'audio' if film is None else 'video'}/{_TYPES[taken]}",
        size=target.stat().st_size,
        width=width,
        height=height,
        duration=round(duration, 3),
    )


def _tracks(given: InputContainer, way: _Way, taken: Format) -> list[Any]:
    tracks = [
        each
        for each in given.streams
        if each.type in ("audio", "video") and not each.disposition & Disposition.attached_pic
    ]
    if not tracks or len(given.streams) > _MAX_TRACKS:
        raise Refused("invalid", said("The file holds neither sound nor film that can be played."))
    for each in tracks:
        codec = each.codec_context.codec.canonical_name if each.codec_context else "?"
        if codec not in way.codecs:
            reason = said(
                "Browsers don't play {codec} in {kind}; save it anew.", codec=codec, kind=taken.name
            )
            raise Refused("unsupported-media-type", reason)
    return tracks


def _copy(given: InputContainer, kept: OutputContainer, tracks: list[Any], taken: Format) -> float:
    """Copy all packets; give the seconds from the first to the end of the last."""
    copies = {each.index: _copy_of(each, kept) for each in tracks}
    begins: list[float] = []
    end, last = 0.0, b""
    for packet in _whole_packets(given.demux(tracks)):
        assert packet.time_base is not None
        assert packet.pts is not None
        begins = begins or [float(packet.pts * packet.time_base)]
        end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        if taken is MP3:
            last = bytes(packet)
        packet.stream = copies[packet.stream.index]
        kept.mux(packet)
    if not begins or not frame_is_whole(last):
        raise _cut_off()
    return end - begins[0]


def _copy_of(track: Any, kept: OutputContainer) -> Any:  # noqa: ANN401 - film or sound
    copy = kept.add_stream_from_template(track)
    # Where a HEVC film keeps its parameters: some players take `hvc1` only, and the writer's own
    # choice is the other one.
    if track.codec_context.codec_tag == "hvc1":
        copy.codec_context.codec_tag = "hvc1"
    return copy


def _whole_packets(packets: "Iterable[Packet[Any]]") -> "Iterator[Packet[Any]]":
    for packet in packets:
        if packet.size == 0:  # the reader's own, at the end
            continue
        if packet.is_corrupt:
            raise _cut_off()
        if packet.pts is None:
            packet.pts = packet.dts
        if packet.dts is None:
            packet.dts = packet.pts
        if packet.pts is not None:
            yield packet


def _duration(given: InputContainer, source: Path, measured: float, taken: Format) -> float:
    if given.duration is None or (taken is MP3 and not mp3_tells_length(source)):
        return measured
    declared = given.duration / av.time_base
    if declared - measured > max(_LEEWAY, declared * _LEEWAY_SHARE):
        raise _cut_off()
    return declared


def _shown_size(source: Path, way: _Way, film: VideoStream) -> tuple[int, int]:
    """Give width and height as they are shown: phones film upright with a note to turn it."""
    width, height = film.codec_context.width, film.codec_context.height
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise Refused("invalid", said("The film has no size that can be shown."))
    with av.open(source, format=way.reader, options={"protocol_whitelist": "file"}) as given:
        frame = next(given.decode(video=0), None)
    if frame is None:
        raise _cut_off()
    return (height, width) if frame.rotation % 180 else (width, height)


def _kept_words(*noted: dict[str, str]) -> dict[str, str]:
    words = [each for some in noted for each in some.items()]
    return {name: value for name, value in words if name.lower() in _KEPT}


def _cut_off() -> Refused:
    return Refused("invalid", said("The file is damaged or was cut off: it isn't all there."))
