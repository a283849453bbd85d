"""Writes the pictures that docs/pages.md shows: `make screenshots`."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from stack.demo.pictures import PICTURES
from tests.browser.chromium import Scheme, Tab, running
from tests.browser.paper import id_of, printed

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"

_PAGES = {
    "front": "/",
    "article": f"/articles/{id_of('vt-24-gio')}",
    "search": "/search?q=cang+vinh+tra",
}
_HEIGHTS = {360: 780, 768: 1024, 1280: 960}
_COLOURS = 128
# Those further down load when somebody comes near.
_SEEN = """
Promise.all([...document.images].filter(each => each.getBoundingClientRect().top < innerHeight)
  .map(each => each.decode())).then(() => 0)
"""


def take(folder: Path) -> None:
    """Take them all."""
    folder.mkdir(exist_ok=True)
    with printed(draw=list(PICTURES)) as paper, running() as chromium, chromium.tab() as tab:
        for name, path in _PAGES.items():
            for width in _HEIGHTS:
                _take(tab, paper.url + path, width, "light", folder / f"{name}-{width}.png")
        _take(tab, paper.url + _PAGES["article"], 360, "dark", folder / "article-360-dark.png")


def _take(tab: Tab, url: str, width: int, scheme: Scheme, file: Path) -> None:
    tab.be(width, scheme, height=_HEIGHTS[width])
    tab.open(url)
    tab.run(_SEEN)
    image = Image.open(BytesIO(tab.picture())).convert("RGB")
    # Flat colours, most of them: a palette takes a third.
    image.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)


if __name__ == "__main__":
    take(FOLDER)
