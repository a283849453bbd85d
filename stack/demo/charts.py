"""Charts without a letter in them: the article's table has the figures."""

from stack.demo.canvas import Canvas, Point

_PAPER = ("#fbf7ee", "#f3ecdc")
_INK, _GRID = "#33475b", "#ddd4c0"
_LEFT, _TOP, _RIGHT, _BASE = 130, 110, 1170, 610

# Thousands of declarations each half month, from September to November.
_DECLARATIONS = (538, 566, 604, 632, 679, 712)
# Revenue so far, in per cent of the year's target, from January to November.
_REVENUE = (7.8, 14.9, 24.1, 33.6, 42.7, 52.0, 61.4, 71.9, 82.3, 92.8, 104.6)


def bars() -> Canvas:
    """Declarations, half month by half month."""
    canvas = _sheet()
    step = (_RIGHT - _LEFT) / len(_DECLARATIONS)
    for place, value in enumerate(_DECLARATIONS):
        height = value * (_BASE - _TOP) / 760
        colour = ("#3d7ea6", "#6fa8c4")[place % 2]
        canvas.box(_LEFT + step * (place + 0.2), _BASE - height, step * 0.6, height, colour, 6)
    return _with_axes(canvas)


def curve() -> Canvas:
    """Revenue, month by month, and the target that it passes."""
    canvas = _sheet()
    points = [_point(month, value) for month, value in enumerate(_REVENUE)]
    canvas.shape([(points[0][0], _BASE), *points, (points[-1][0], _BASE)], "#d5e6d8")
    _, target = _point(0, 100)
    for x in range(_LEFT, _RIGHT, 34):
        canvas.line([(x, target), (x + 20, target)], "#c8553d", 4)
    canvas.line(points, "#3f7263", 7)
    for point in points:
        canvas.disc(*point, 11, "#3f7263")
        canvas.disc(*point, 5, "#fbf7ee")
    return _with_axes(canvas)


def _point(month: int, value: float) -> Point:
    step = (_RIGHT - _LEFT - 60) / (len(_REVENUE) - 1)
    return _LEFT + 30 + step * month, _BASE - value * (_BASE - _TOP) / 110


def _sheet() -> Canvas:
    canvas = Canvas(*_PAPER)
    for y in range(_TOP, _BASE, 100):
        canvas.line([(_LEFT, y), (_RIGHT, y)], _GRID, 2)
    return canvas


def _with_axes(canvas: Canvas) -> Canvas:
    canvas.line([(_LEFT, _TOP - 30), (_LEFT, _BASE), (_RIGHT, _BASE)], _INK, 5)
    return canvas
