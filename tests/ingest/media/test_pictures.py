"""Pictures are checked, stripped of what the camera noted, and made in smaller sizes."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from services.common.renditions import ORIGINAL, rendition
from services.ingest.media.found import Found
from services.ingest.media.kinds import JPEG, PNG, WEBP, Format, Refused
from services.ingest.media.pictures import take_picture
from tests.ingest.media.samples import jpeg, written

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
UPSIDE_DOWN = 3
ON_ITS_SIDE = 6


@pytest.fixture
def take(tmp_path):
    def work(data: bytes, kind: Format = JPEG) -> Found:
        source = tmp_path / "upload"
        source.write_bytes(data)
        return take_picture(source, tmp_path, kind)

    return work


def kept(folder: Path, name: str = ORIGINAL) -> Image.Image:
    return Image.open(io.BytesIO((folder / name).read_bytes()))


def pixel(image: Image.Image, at: tuple[int, int] = (5, 5)) -> tuple[int, ...]:
    found = image.getpixel(at)
    assert isinstance(found, tuple)
    return found


def test_a_photo_loses_what_the_camera_noted(take, tmp_path):
    found = take(jpeg(700, 500))

    for name in (ORIGINAL, rendition(320), rendition(640)):
        assert not kept(tmp_path, name).getexif()
        assert b"taken at home" not in (tmp_path / name).read_bytes()
    assert (found.content_type, found.width, found.height) == ("image/jpeg", 700, 500)
    assert found.size == (tmp_path / ORIGINAL).stat().st_size


def test_texts_in_a_png_are_left_behind(take, tmp_path):
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>20.84 N</x:xmpmeta>")
    texts.add_text("Author", "Thu Hà's phone")

    take(written(Image.new("RGB", (9, 9)), "PNG", pnginfo=texts), PNG)

    assert kept(tmp_path).info == {}


@pytest.mark.parametrize(("kind", "name"), [(JPEG, "JPEG"), (PNG, "PNG"), (WEBP, "WEBP")])
def test_the_colour_profile_is_kept(take, tmp_path, kind, name):
    take(written(Image.new("RGB", (400, 9), "red"), name, icc_profile=SRGB), kind)

    assert kept(tmp_path).info["icc_profile"] == SRGB
    assert kept(tmp_path, rendition(320)).info["icc_profile"] == SRGB


@pytest.mark.parametrize(
    ("orientation", "size"), [(UPSIDE_DOWN, (40, 30)), (ON_ITS_SIDE, (30, 40))]
)
def test_a_photo_taken_with_the_phone_turned_is_turned_back(take, tmp_path, orientation, size):
    image = Image.new("RGB", (40, 30))
    image.paste("white", (0, 0, 20, 30))
    tags = image.getexif()
    tags[0x0112] = orientation

    found = take(written(image, "JPEG", exif=tags))

    assert (found.width, found.height) == size == kept(tmp_path).size
    # The white half was on the left: it is at the right now, or on top.
    white = (35, 15) if orientation == UPSIDE_DOWN else (15, 5)
    assert pixel(kept(tmp_path).convert("RGB"), white)[0] > 200


@pytest.mark.parametrize("orientation", [1, ON_ITS_SIDE])
def test_a_photo_stays_as_fine_as_it_was_and_as_small(take, tmp_path, orientation):
    image = Image.effect_noise((400, 300), 40).convert("RGB")
    tags = image.getexif()
    tags[0x0112] = orientation
    sent = written(image, "JPEG", exif=tags, quality=60, subsampling=2)

    found = take(sent)

    assert found.size == pytest.approx(len(sent), rel=0.05)


def test_what_a_picture_lets_shine_through_stays_so(take, tmp_path):
    image = Image.new("P", (400, 400))
    image.putpalette([255, 0, 0, 0, 0, 255])

    take(written(image, "PNG", transparency=0), PNG)

    assert pixel(kept(tmp_path).convert("RGBA"))[3] == 0
    assert pixel(kept(tmp_path, rendition(320)).convert("RGBA"))[3] == 0


def test_renditions_are_made_in_the_widths_that_are_narrower_than_the_picture(take, tmp_path):
    found = take(jpeg(1280, 720))

    assert [(each.width, each.height) for each in found.renditions] == [(320, 180), (640, 360)]
    for each in found.renditions:
        made = kept(tmp_path, rendition(each.width))
        assert (made.format, made.size) == ("WEBP", (each.width, each.height))
        assert each.size == (tmp_path / rendition(each.width)).stat().st_size


def test_a_picture_too_high_for_webp_has_only_the_renditions_that_fit(take):
    found = take(written(Image.new("1", (700, 20_000)), "PNG"), PNG)

    assert [each.width for each in found.renditions] == [320]


@pytest.mark.parametrize("mode", ["CMYK", "L", "YCbCr"])
def test_a_picture_made_for_print_has_renditions_for_screens(take, tmp_path, mode):
    take(written(Image.new(mode, (400, 300)), "JPEG"))

    assert kept(tmp_path).mode in (mode, "RGB")
    assert kept(tmp_path, rendition(320)).mode == "RGB"


def test_sixteen_bits_of_grey_become_eight(take, tmp_path):
    take(written(Image.new("I;16", (400, 300), 0x8000), "PNG"), PNG)

    assert pixel(kept(tmp_path, rendition(320)).convert("RGB"))[0] == pytest.approx(128, abs=3)


def test_a_phones_picture_with_more_behind_it_is_a_jpeg(take):
    first, second = (Image.new("RGB", (40, 30), colour) for colour in ("navy", "red"))
    both = written(first, "MPO", save_all=True, append_images=[second])

    assert take(both).content_type == "image/jpeg"


@pytest.mark.parametrize(("kind", "name"), [(PNG, "PNG"), (WEBP, "WEBP")])
def test_a_moving_picture_is_refused_for_all_but_the_first_would_be_lost(take, kind, name):
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("navy", "red")]

    with pytest.raises(Refused) as refused:
        take(written(frames[0], name, save_all=True, append_images=frames[1:]), kind)

    assert refused.value.kind == "unsupported-media-type"


@pytest.mark.parametrize("size", [(12_000, 12_000), (8_000, 6_251)])
def test_a_picture_too_large_to_unpack_is_refused(take, size):
    with pytest.raises(Refused) as refused:
        take(written(Image.new("1", size), "PNG"), PNG)

    assert refused.value.kind == "too-large"
