"""Pictures written anew, without metadata, and in smaller sizes. Runs in the workshop."""

import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from services.common.renditions import ORIGINAL, WIDTHS, rendition
from services.common.said import said
from services.ingest.media.found import Found, Rendition
from services.ingest.media.kinds import Format, Refused

MAX_PIXELS = 50_000_000
_MEGAPIXELS = MAX_PIXELS // 1_000_000
# All else is left behind: photos tell where they were taken, by whom, with which camera.
_KEPT = ("icc_profile", "transparency", "dpi")
_ORIENTATION = 0x0112
_WEBP_LIMIT = 16_383  # pixels, each way


def take_picture(source: Path, folder: Path, taken: Format) -> Found:
    """Write a picture and its renditions into `folder`. Raises Refused."""
    kind = taken.name.upper()
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        # From the limit on Pillow only warns; it refuses from twice as many.
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            image = Image.open(source, formats=[kind])
    except UnidentifiedImageError:
        reason = said("The file begins like {kind}, but is none.", kind=taken.name)
        raise Refused("unsupported-media-type", reason) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        reason = said("The picture has more than {most} megapixels.", most=_MEGAPIXELS)
        raise Refused("too-large", reason) from None
    # A phone's JPEG may have more pictures behind the first (MPO): that is no animation.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        reason = said("A moving picture is taken as MP4 or WebM, not as {kind}.", kind=taken.name)
        raise Refused("unsupported-media-type", reason)
    image.load()
    options = _options(image, kind)
    upright = _upright(image)
    upright.save(folder / ORIGINAL, kind, **options)
    return Found(
        content_type=f"image/{kind.lower()}",
        size=(folder / ORIGINAL).stat().st_size,
        width=upright.width,
        height=upright.height,
        renditions=tuple(_renditions(upright, folder)),
    )


def _upright(image: Image.Image) -> Image.Image:
    kept: dict[str | tuple[int, int], Any] = {
        name: image.info[name] for name in _KEPT if name in image.info
    }
    turned = image.getexif().get(_ORIENTATION, 1) != 1
    upright = ImageOps.exif_transpose(image) if turned else image
    upright.info = kept
    return upright


def _options(image: Image.Image, kind: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    options |= {name: image.info[name] for name in ("icc_profile", "dpi") if name in image.info}
    if kind == "WEBP":
        options["quality"] = 95
    if isinstance(image, JpegImageFile):
        # As fine as it was, and no finer: what it lost when it was first written is all it loses.
        options |= {"qtables": image.quantization, "subsampling": get_sampling(image)}
    return options


def _renditions(image: Image.Image, folder: Path) -> Iterator[Rendition]:
    widths = [width for width in WIDTHS if width < image.width]
    heights = [max(1, round(image.height * width / image.width)) for width in widths]
    if not widths:
        return
    shown = _for_screens(image)
    for width, height in zip(widths, heights, strict=True):
        if height > _WEBP_LIMIT:
            continue
        path = folder / rendition(width)
        small = shown.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        small.save(path, "WEBP", quality=80, icc_profile=shown.info.get("icc_profile"))
        yield Rendition(width, height, path.stat().st_size)


def _for_screens(image: Image.Image) -> Image.Image:
    """Give the picture in red, green and blue, as WebP wants it."""
    profile = image.info.get("icc_profile")
    if image.mode == "CMYK" and profile:
        try:
            return _to_srgb(image, profile)
        except ImageCms.PyCMSError:
            profile = None
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    shown = image.convert("RGBA" if image.has_transparency_data else "RGB")
    # A profile speaks of the colours that it was made for, and of no others.
    shown.info = {"icc_profile": profile} if profile and image.mode in ("RGB", "RGBA", "P") else {}
    return shown


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    given = ImageCms.ImageCmsProfile(BytesIO(profile))
    converted = ImageCms.profileToProfile(
        image, given, ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert converted is not None
    converted.info = {}
    return converted
