"""Pictures are served while an article shows them, and not otherwise."""

from uuid import UUID, uuid4

import pytest

from schemas.article import Article, Media
from tests.archive.test_pages import store_picture
from tests.factories import article


def showing(media_id: UUID, content_type: str = "image/png") -> Article:
    picture = Media(id=media_id, href="https://bao.test/media/1", content_type=content_type)
    return article(media=[picture])


@pytest.fixture
def picture(archive):
    media_id = uuid4()
    store_picture(archive, media_id)
    return media_id


async def test_a_picture_is_served_for_an_hour_at_most(archive, picture):
    archive.take(showing(picture))
    answer = await archive.get(f"/media/{picture}?w=320")
    assert answer.content == b"\x89PNG"
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_picture_that_the_reader_has_is_not_sent_again(archive, picture):
    archive.take(showing(picture))
    etag = (await archive.get(f"/media/{picture}")).headers["etag"]
    answer = await archive.get(f"/media/{picture}", **{"If-None-Match": etag})
    assert answer.status_code == 304
    assert answer.content == b""


async def test_a_file_that_no_article_shows_is_not_there(archive, picture):
    archive.take(article())
    assert (await archive.get(f"/media/{picture}")).status_code == 404


async def test_a_picture_that_a_correction_left_out_is_gone(archive, picture):
    first = showing(picture)
    archive.take(first, article(id=first.id, version=2))
    assert (await archive.get(f"/media/{picture}")).status_code == 404


async def test_a_page_posing_as_a_picture_is_only_a_download(archive, picture):
    archive.take(showing(picture, content_type="text/html"))
    answer = await archive.get(f"/media/{picture}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_a_missing_file_is_not_there(archive):
    archive.take(shown := showing(uuid4()))
    assert (await archive.get(f"/media/{shown.media[0].id}")).status_code == 404
