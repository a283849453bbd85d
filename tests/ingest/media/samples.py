"""Pictures, sound and film as units send them: small, real, and made here."""

import io
import random
from functools import cache
from typing import Any

import av
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from PIL import Image

GPS = 0x8825
RATE = 48_000
SIZE = (128, 96)
_FRAMES = 10  # a second


def jpeg(width: int = 40, height: int = 30, mode: str = "RGB", **options: Any) -> bytes:
    """A photo that tells where it was taken."""
    image = Image.new(mode, (width, height), "navy" if mode == "RGB" else None)
    tags = image.getexif()
    tags[0x010E] = "taken at home"
    tags.get_ifd(GPS)[1] = "N"
    tags.get_ifd(GPS)[2] = (20.0, 51.0, 0.0)
    return written(image, "JPEG", exif=tags, **options)


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@cache
def recording(
    container: str, video: str = "", audio: str = "", seconds: int = 1, rotated: int = 0
) -> bytes:
    """Noise, so that it has some weight; with a place and a title noted in it."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        file.metadata.update(
            {"title": "Lễ khởi công", "location": "+20.8443+106.6885/", "comment": "at home"}
        )
        streams: list[VideoStream | AudioStream] = []
        if video:
            streams.append(_film(file, video, rotated))
        if audio:
            sound = file.add_stream(audio, rate=RATE)
            assert isinstance(sound, AudioStream)
            sound.layout = "stereo"
            streams.append(sound)
        for stream in streams:
            frames = _pictures if isinstance(stream, VideoStream) else _sounds
            for frame in (*frames(seconds), None):
                file.mux(stream.encode(frame))
    return out.getvalue()


def _film(file: Any, codec: str, rotated: int) -> VideoStream:
    film = file.add_stream(codec, rate=_FRAMES)
    assert isinstance(film, VideoStream)
    (film.width, film.height), film.pix_fmt = SIZE, "yuv420p"
    if rotated:
        film.set_display_rotation(rotated)
    return film


def _pictures(seconds: int) -> Any:
    noise = random.Random(1)
    for number in range(_FRAMES * seconds):
        frame = av.VideoFrame(*SIZE, "yuv420p")
        for plane in frame.planes:
            plane.update(noise.randbytes(plane.buffer_size))
        frame.pts = number
        yield frame


def _sounds(seconds: int) -> Any:
    noise = random.Random(2)
    for number in range(RATE * seconds // 960):
        frame = av.AudioFrame("s16", "stereo", 960)
        frame.planes[0].update(noise.randbytes(frame.planes[0].buffer_size))
        frame.sample_rate, frame.pts = RATE, number * 960
        yield frame
