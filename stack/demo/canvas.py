"""A sheet to draw flat pictures on: drawn larger, then made smaller, so that edges are smooth."""

import io
from collections.abc import Iterable

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1280, 720
_FINER = 2

Point = tuple[float, float]


class Canvas:
    """Measures in pixels of the finished picture; what comes later covers what came before."""

    def __init__(self, top: str, bottom: str) -> None:
        """Begin with a sky that goes from `top` to `bottom`."""
        size = (WIDTH * _FINER, HEIGHT * _FINER)
        fade = Image.linear_gradient("L").resize(size)
        self._image = Image.composite(
            Image.new("RGB", size, bottom), Image.new("RGB", size, top), fade
        )
        self._draw = ImageDraw.Draw(self._image)

    def box(self, x: float, y: float, width: float, height: float, fill: str, r: float = 0) -> None:
        """Draw a rectangle by its upper left corner; `r` rounds its corners."""
        corners = _finer([(x, y), (x + width, y + height)])
        self._draw.rounded_rectangle(corners, r * _FINER, fill)

    def shape(self, points: Iterable[Point], fill: str) -> None:
        """Draw a polygon."""
        self._draw.polygon(_finer(points), fill)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """Draw a circle by its centre."""
        self._draw.circle(_finer([(x, y)])[0], radius * _FINER, fill)

    def line(self, points: Iterable[Point], fill: str, width: float) -> None:
        """Draw a line through points."""
        self._draw.line(_finer(points), fill, round(width * _FINER), joint="curve")

    def png(self) -> bytes:
        """Give the finished picture: the same drawing gives the same bytes."""
        written = io.BytesIO()
        self._image.reduce(_FINER).save(written, "PNG")
        return written.getvalue()


def _finer(points: Iterable[Point]) -> list[Point]:
    return [(x * _FINER, y * _FINER) for x, y in points]
