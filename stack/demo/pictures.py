"""The pictures of the demo, by the names that its articles use."""

from collections.abc import Callable

from stack.demo import charts, scenes
from stack.demo.canvas import Canvas

_DRAWN_BY: tuple[Callable[[], Canvas], ...] = (
    scenes.harbour,
    scenes.harbour_night,
    scenes.ship,
    scenes.border,
    scenes.mountains,
    scenes.landslide,
    scenes.airport,
    scenes.x_ray,
    scenes.patrol,
    scenes.river,
    scenes.data_centre,
    charts.bars,
    charts.curve,
)

PICTURES = {draw.__name__: draw for draw in _DRAWN_BY}
