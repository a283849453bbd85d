"""The names under which an upload's files are kept."""

ORIGINAL = "original"

WIDTHS = (320, 640, 1280, 1920)
"""The widths of a picture's renditions, in pixels; none is made larger than the picture."""


def rendition(width: int) -> str:
    """Give the name of the rendition of a width."""
    return f"{width}.webp"
