"""Things that stand in the pictures: each is drawn where it is told to stand."""

from itertools import product

from stack.demo.canvas import HEIGHT, WIDTH, Canvas, Point

STEEL, NAVY = "#33475b", "#14283c"
CARGO = ("#c8553d", "#e0a458", "#3d7ea6", "#588157", "#8d5a97", "#d9d2c5")


def crane(canvas: Canvas, x: float, scale: float, fill: str, load: str) -> None:
    """Draw a ship-to-shore crane: two legs, a boom, its stays and a hanging container."""

    def at(*points: Point) -> list[Point]:
        return [(x + right * scale, 600 - up * scale) for right, up in points]

    for leg in (0, 130):
        canvas.line(at((leg, 0), (leg, 330)), fill, 16 * scale)
    canvas.line(at((0, 130), (130, 130)), fill, 10 * scale)
    canvas.line(at((0, 130), (130, 330)), fill, 6 * scale)
    canvas.line(at((-90, 330), (360, 330)), fill, 18 * scale)
    canvas.line(at((65, 330), (65, 450), (350, 335)), fill, 6 * scale)
    canvas.line(at((65, 450), (-85, 335)), fill, 6 * scale)
    canvas.line(at((270, 330), (270, 240)), fill, 4 * scale)
    (left, top), *_ = at((215, 240))
    canvas.box(left, top, 110 * scale, 40 * scale, load)


def containers(
    canvas: Canvas, corner: Point, columns: int, rows: int, colours: tuple[str, ...]
) -> None:
    """Stack containers; `corner` is the upper left one of the full stack."""
    left, top = corner
    for column, row in product(range(columns), range(rows)):
        if row < (column * 5 + columns) % 3 - 1:
            continue  # some columns are lower
        x, y = left + column * 60, top + row * 36
        canvas.box(x, y, 58, 34, colours[(column * 3 + row * 2) % len(colours)])
        for rib in range(1, 4):
            canvas.line([(x + rib * 14.5, y + 5), (x + rib * 14.5, y + 29)], STEEL, 1)


def lorry(canvas: Canvas, x: float, ground: float, colour: str) -> None:
    """Draw a lorry with its load, heading right."""
    canvas.box(x, ground - 110, 160, 90, colour, 4)
    canvas.box(x + 164, ground - 86, 52, 66, "#f0ece2", 8)
    canvas.box(x + 188, ground - 76, 22, 26, "#7fb7d6", 3)
    canvas.box(x, ground - 22, 216, 10, STEEL)
    for wheel in (32, 72, 184):
        canvas.disc(x + wheel, ground - 8, 18, "#22282f")
        canvas.disc(x + wheel, ground - 8, 7, "#c9c5bb")


def ranges(canvas: Canvas, colours: tuple[str, ...]) -> None:
    """Draw mountain ranges, from the far one to the near one."""
    for depth, colour in enumerate(colours):
        base = 300 + depth * 80
        peaks = [
            (x, base + (place * (37 + depth * 10) + depth * 61) % 130 - 60)
            for place, x in enumerate(range(-80, WIDTH + 161, 80))
        ]
        canvas.shape([(-80, HEIGHT), *peaks, (WIDTH + 160, HEIGHT)], colour)


def waves(canvas: Canvas, y: float, fill: str) -> None:
    """Draw the water from `y` on, its edge in waves."""
    canvas.box(0, y + 10, WIDTH, HEIGHT - y, fill)
    for x in range(0, WIDTH + 40, 40):
        canvas.disc(x, y + 22, 24, fill)


def cloud(canvas: Canvas, x: float, y: float) -> None:
    """Draw a small white cloud."""
    for right, up, radius in ((0, 0, 30), (40, 18, 40), (90, 6, 34), (126, -6, 22)):
        canvas.disc(x + right, y - up, radius, "#fdfaf3")


def palm(canvas: Canvas, x: float, ground: float, height: float, fill: str = "#0c1f22") -> None:
    """Draw a nipa palm: leaves in a fan."""
    for lean in (-0.7, -0.35, 0, 0.35, 0.7):
        tip = (x + lean * height, ground - height * (1 - lean * lean * 0.6))
        canvas.shape([(x - 6, ground), tip, (x + 6, ground)], fill)
        canvas.line([(x, ground), tip], fill, 6)


def aeroplane(canvas: Canvas) -> None:
    """Draw a freighter from the side, its nose to the right and a little down."""
    canvas.shape([(290, 250), (350, 262), (380, 330), (310, 330)], "#c8553d")
    canvas.shape(
        [(300, 300), (900, 340), (968, 378), (950, 404), (880, 410), (330, 350)], "#f7f3ea"
    )
    canvas.shape([(330, 350), (880, 410), (950, 404), (960, 392), (316, 328)], "#d9d2c5")
    canvas.shape([(560, 366), (700, 380), (540, 500), (490, 496)], "#8fa3b3")
    canvas.box(590, 428, 84, 34, STEEL, 16)
    canvas.shape([(896, 352), (930, 360), (944, 374), (904, 370)], NAVY)
    canvas.shape([(300, 306), (370, 316), (290, 356), (262, 350)], "#8fa3b3")


def warning_sign(canvas: Canvas, x: float, y: float) -> None:
    """Draw a triangular road sign with an exclamation mark."""
    canvas.box(x - 6, y, 12, 180, STEEL)
    canvas.shape([(x, y - 130), (x + 90, y + 20), (x - 90, y + 20)], "#c8352c")
    canvas.shape([(x, y - 96), (x + 62, y + 6), (x - 62, y + 6)], "#e9d8b4")
    canvas.box(x - 7, y - 64, 14, 40, "#22282f", 5)
    canvas.disc(x, y - 9, 8, "#22282f")
