"""What the articles tell of, drawn flat: the port, the border gate, the airport, the river."""

from itertools import product

from stack.demo.canvas import WIDTH, Canvas
from stack.demo.things import (
    CARGO,
    NAVY,
    STEEL,
    aeroplane,
    cloud,
    containers,
    crane,
    lorry,
    palm,
    ranges,
    warning_sign,
    waves,
)

_SEA, _LAMP = "#2f6f8f", "#ffd97d"


def harbour() -> Canvas:
    """Three cranes over stacked containers, by day."""
    canvas = Canvas("#9fd3e6", "#fbf1dc")
    canvas.disc(1040, 150, 58, "#ffe9a8")
    _port(canvas, STEEL, "#51687d", CARGO)
    return canvas


def harbour_night() -> Canvas:
    """The same port, with its lamps lit."""
    canvas = Canvas("#0b1a2c", "#2d4a68")
    canvas.disc(1040, 130, 40, "#f4f1de")
    _port(canvas, "#0a1522", "#20374f", ("#6b3a34", "#7a6038", "#27506b", "#35503a", "#553b5c"))
    for x in range(100, WIDTH, 180):
        canvas.disc(x, 420, 18, "#5a6273")
        canvas.disc(x, 420, 8, _LAMP)
        canvas.line([(x, 428), (x, 600)], "#0a1522", 4)
    return canvas


def ship() -> Canvas:
    """A loaded container ship on the open sea."""
    canvas = Canvas("#f6c28b", "#fdf0d5")
    canvas.disc(300, 330, 90, "#fff3c9")
    canvas.box(0, 480, WIDTH, 240, _SEA)
    containers(canvas, (310, 300), columns=11, rows=4, colours=CARGO)
    canvas.box(990, 220, 90, 220, "#f7f3ea", 6)
    for y in range(240, 400, 36):
        canvas.box(1002, y, 66, 14, STEEL, 4)
    canvas.box(1020, 170, 30, 50, "#c8553d")
    canvas.shape([(180, 440), (1140, 440), (1100, 560), (260, 560)], NAVY)
    canvas.shape([(246, 540), (1107, 540), (1100, 560), (260, 560)], "#c8553d")
    waves(canvas, 560, "#3f86a8")
    waves(canvas, 620, "#28617e")
    return canvas


def border() -> Canvas:
    """A gate across a mountain road, and lorries that wait for it."""
    canvas = Canvas("#bfe0d6", "#f8f4e3")
    ranges(canvas, ("#9cc2b5", "#6a9a8b", "#3f7263"))
    canvas.box(0, 560, WIDTH, 160, "#5b6470")
    for x in range(20, WIDTH, 140):
        canvas.box(x, 634, 80, 8, "#e8e4d9")
    for place, colour in enumerate(CARGO[:3]):
        lorry(canvas, 40 + place * 270, 600, colour)
    for x in (930, 1190):
        canvas.box(x, 300, 36, 300, "#e9e2d0")
    canvas.shape([(880, 310), (1276, 310), (1220, 240), (936, 240)], "#b5473c")
    canvas.box(880, 306, 396, 16, "#8f352c")
    return canvas


def mountains() -> Canvas:
    """Ranges behind ranges, paler the farther, the sun just up."""
    canvas = Canvas("#f3b59b", "#fdf1e0")
    canvas.disc(880, 300, 76, "#fff0c2")
    ranges(canvas, ("#d9b7b0", "#a98f9b", "#6f6a86", "#3c4263"))
    return canvas


def landslide() -> Canvas:
    """Earth over a mountain road, in the rain."""
    canvas = Canvas("#6f7f8c", "#b9c3c6")
    ranges(canvas, ("#8a9a9c", "#5d7474"))
    canvas.shape([(0, 200), (420, 330), (900, 560), (0, 560)], "#44614f")
    canvas.box(0, 560, WIDTH, 160, "#4a525c")
    for x in range(20, WIDTH, 140):
        canvas.box(x, 634, 80, 8, "#d8d4c9")
    canvas.shape(
        [(250, 290), (430, 336), (760, 590), (820, 700), (300, 700), (330, 540)], "#8a5a3c"
    )
    for place in range(14):
        x, y = 350 + place * 53 % 400, 560 + place * 37 % 130
        canvas.disc(x, y, 14 + place % 4 * 6, ("#6f4630", "#a5714f")[place % 2])
    for column, row in product(range(22), range(9)):
        x, y = column * 60 + row * 22, row * 82 + column * 31 % 60
        canvas.line([(x, y), (x - 8, y + 30)], "#cfd8dc", 2)
    warning_sign(canvas, 1040, 500)
    return canvas


def airport() -> Canvas:
    """A freighter comes down over the runway."""
    canvas = Canvas("#7fb7d6", "#f9ead2")
    for x, y in ((150, 150), (900, 110), (1050, 330)):
        cloud(canvas, x, y)
    canvas.box(0, 590, WIDTH, 130, "#6b7480")
    for x in range(30, WIDTH, 160):
        canvas.box(x, 648, 90, 10, "#f4f1e8")
    canvas.box(60, 470, 60, 120, "#d9d2c5")
    canvas.shape([(40, 430), (140, 430), (124, 472), (56, 472)], STEEL)
    aeroplane(canvas)
    return canvas


def x_ray() -> Canvas:
    """Rolls of cloth as a scanner shows them; four hold something dense."""
    canvas = Canvas("#0d1b1e", "#16302f")
    canvas.box(100, 90, 1080, 540, "#1f4a48", 12)
    for column, row in product(range(6), range(3)):
        x, y = 210 + column * 172, 184 + row * 176
        canvas.disc(x, y, 74, "#3f8f86")
        canvas.disc(x, y, 58, "#57b0a4")
        hides = (column, row) in ((1, 0), (2, 1), (4, 1), (3, 2))
        canvas.disc(x, y, 26, "#e07a3f" if hides else "#1f4a48")
    return canvas


def patrol() -> Canvas:
    """A patrol boat at night; its searchlight finds the far bank."""
    canvas = Canvas("#08131f", "#1d3a4d")
    canvas.disc(190, 120, 34, "#f4f1de")
    for place in range(16):
        palm(canvas, 30 + place * 84, 430, 60 + place * 29 % 50)
    canvas.box(0, 430, WIDTH, 290, "#12303f")
    canvas.shape([(676, 452), (0, 300), (0, 470)], "#6d7d6a")
    canvas.box(640, 400, 210, 90, "#dfe6e8", 10)
    for x in range(664, 820, 50):
        canvas.box(x, 420, 34, 26, "#24506b", 4)
    canvas.box(676, 440, 14, 30, STEEL)
    canvas.disc(676, 452, 14, _LAMP)
    canvas.line([(760, 400), (760, 320)], "#dfe6e8", 5)
    canvas.shape([(760, 320), (820, 336), (760, 352)], "#c8553d")
    canvas.shape([(500, 490), (960, 490), (920, 570), (580, 570)], "#f1efe7")
    canvas.shape([(534, 518), (948, 518), (941, 534), (550, 534)], "#3d7ea6")
    waves(canvas, 570, "#1b4256")
    waves(canvas, 640, "#0d2634")
    return canvas


def river() -> Canvas:
    """A barge with sacks of rice at sunrise."""
    canvas = Canvas("#f7a072", "#fde8c9")
    canvas.disc(640, 400, 120, "#ffe29a")
    for place in range(16):
        palm(canvas, 30 + place * 84, 430, 40 + place * 23 % 44, "#7a5a4c")
    canvas.box(0, 430, WIDTH, 290, "#d98d62")
    for row in range(4):
        for column in range(12 - row * 2):
            x = 330 + row * 44 + column * 44
            canvas.box(x, 470 - row * 34, 46, 36, ("#f4e4bc", "#e9d3a0")[column % 2], 12)
    canvas.box(880, 410, 110, 96, "#8c4a36", 8)
    canvas.box(902, 430, 64, 30, "#fde8c9", 4)
    canvas.shape([(240, 506), (1060, 506), (1000, 590), (310, 590)], "#5a3327")
    waves(canvas, 590, "#c67850")
    waves(canvas, 650, "#b26743")
    return canvas


def data_centre() -> Canvas:
    """Racks of servers, their lamps on."""
    canvas = Canvas("#0e1b2b", "#1e3a56")
    canvas.shape([(0, 720), (WIDTH, 720), (1000, 560), (280, 560)], "#16293d")
    for place in range(7):
        x = 90 + place * 160
        canvas.box(x, 110, 140, 500, "#24405c", 8)
        for row in range(12):
            y = 130 + row * 39
            canvas.box(x + 12, y, 116, 28, "#12263a", 4)
            for lamp in range(3):
                lit = (place * 5 + row * 3 + lamp) % 7
                colour = "#e0a458" if lit == 0 else "#58c4a3" if lit < 4 else "#2e4d6b"
                canvas.disc(x + 30 + lamp * 18, y + 14, 5, colour)
    return canvas


def _port(canvas: Canvas, steel: str, far_steel: str, cargo: tuple[str, ...]) -> None:
    crane(canvas, 120, 0.8, far_steel, cargo[0])
    crane(canvas, 560, 0.8, far_steel, cargo[1])
    crane(canvas, 840, 1.0, steel, cargo[0])
    containers(canvas, (40, 480), columns=9, rows=3, colours=cargo)
    containers(canvas, (620, 520), columns=6, rows=2, colours=cargo[1:])
    canvas.box(0, 590, WIDTH, 40, steel)
    canvas.box(0, 630, WIDTH, 90, NAVY)
    waves(canvas, 640, _SEA)
