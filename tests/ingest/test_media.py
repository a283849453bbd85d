"""Pictures are checked, stripped and kept once."""

import io

import pytest
from PIL import Image

from services.common.problems import Problem
from services.ingest import media

GPS = 0x8825


def jpeg(size=(40, 30)) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "navy")
    tags = image.getexif()
    tags[0x010E] = "taken at home"
    tags.get_ifd(GPS)[1] = "N"
    tags.get_ifd(GPS)[2] = (20.0, 51.0, 0.0)
    image.save(out, "JPEG", exif=tags)
    return out.getvalue()


def test_a_photo_loses_what_the_camera_noted():
    picture = media.picture(jpeg())

    kept = Image.open(io.BytesIO(picture.data))
    assert not kept.getexif()
    assert b"taken at home" not in picture.data
    assert (picture.content_type, picture.width, picture.height) == ("image/jpeg", 40, 30)


def test_a_phones_picture_with_more_behind_it_is_a_jpeg():
    out = io.BytesIO()
    first, second = (Image.new("RGB", (40, 30), colour) for colour in ("navy", "red"))
    first.save(out, "MPO", save_all=True, append_images=[second])

    assert media.picture(out.getvalue()).content_type == "image/jpeg"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"no picture", "unsupported-media-type"),
        (b"", "unsupported-media-type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported-media-type"),
        (jpeg()[:-200], "invalid"),
    ],
)
def test_what_is_no_whole_picture_is_refused(data, kind):
    with pytest.raises(Problem) as refused:
        media.picture(data)

    assert refused.value.kind == kind


def test_a_picture_too_large_to_unpack_is_refused():
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")

    with pytest.raises(Problem) as refused:
        media.picture(out.getvalue())

    assert refused.value.kind == "too-large"


async def test_the_same_bytes_give_the_same_id_and_an_article_can_name_it(unit):
    first = await unit.call("POST", "/v1/media", jpeg())
    again = await unit.call("POST", "/v1/media", jpeg())
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()

    named = await unit.submit(media=[{"id": first.json()["id"], "caption": "Cảng"}])

    assert named.status_code == 201
