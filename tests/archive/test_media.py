"""Pictures are served while an article shows them, and not otherwise."""

from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from schemas.article import Article, Media, Rendition
from tests.archive.test_pages import store_picture
from tests.factories import article, erasure, retraction


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


async def test_any_of_the_files_that_the_reader_has_will_do(archive, picture):
    archive.take(showing(picture))
    etag = (await archive.get(f"/media/{picture}")).headers["etag"]
    for known in (f'"a", {etag}', f"W/{etag}", "*"):
        answer = await archive.get(f"/media/{picture}", **{"If-None-Match": known})
        assert answer.status_code == 304
    other = await archive.get(f"/media/{picture}", **{"If-None-Match": '"a"'})
    assert other.status_code == 200


async def test_a_picture_that_is_saved_has_a_name(archive, picture):
    archive.take(showing(picture, content_type="image/svg+xml"))
    saved = (await archive.get(f"/media/{picture}")).headers["content-disposition"]
    assert saved == f'inline; filename="{picture}.svg"'


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


def shown_as(media_id: UUID, content_type: str, *widths: int) -> Article:
    href = f"https://bao.test/media/{media_id}"
    made = [
        Rendition(href=f"{href}?w={width}", width=width, height=width, size=5) for width in widths
    ]
    file = Media(id=media_id, href=href, content_type=content_type, width=900, renditions=made)
    return article(media=[file])


def store_rendition(archive, media_id: UUID, width: int) -> None:
    folder = archive.data / "media" / str(media_id)[:2] / str(media_id)
    (folder / f"{width}.webp").write_bytes(f"w{width}".encode())


async def test_a_smaller_picture_is_given_where_there_is_one(archive, picture):
    archive.take(shown_as(picture, "image/png", 320))
    store_rendition(archive, picture, 320)

    small = await archive.get(f"/media/{picture}?w=320")
    wider = await archive.get(f"/media/{picture}?w=640")

    assert (small.content, small.headers["content-type"]) == (b"w320", "image/webp")
    assert (wider.content, wider.headers["content-type"]) == (b"\x89PNG", "image/png")
    assert small.headers["etag"] != wider.headers["etag"]
    assert small.headers["cache-control"] == "public, max-age=3600"


async def test_a_width_that_is_never_made_is_refused(archive, picture):
    archive.take(shown_as(picture, "image/png", 320))

    assert (await archive.get(f"/media/{picture}?w=321")).status_code == 422
    assert (await archive.get(f"/media/{picture}?w=x")).status_code == 422


async def test_the_renditions_go_with_the_article(archive, picture):
    shown = shown_as(picture, "image/png", 320)
    store_rendition(archive, picture, 320)
    archive.take(shown)
    archive.take(retraction(shown.id))

    for rest in ("", "?w=320"):
        assert (await archive.get(f"/media/{picture}{rest}")).status_code == 404


async def test_the_page_offers_all_sizes_of_a_picture(archive, picture):
    shown = shown_as(picture, "image/png", 320, 640)
    archive.take(shown)

    src = f"/media/{picture}"
    sizes = f'srcset="{src}?w=320 320w, {src}?w=640 640w, {src} 900w"'
    assert sizes in (await archive.page(shown)).text


async def test_a_film_is_given_in_parts_and_runs_nothing(archive):
    media_id = uuid4()
    store_picture(archive, media_id, bytes(range(100)))
    archive.take(shown_as(media_id, "video/mp4"))
    path = f"/media/{media_id}"

    whole = await archive.get(path)
    part = await archive.get(path, Range="bytes=10-19")
    head = await archive.http.head(path)

    assert (whole.status_code, whole.content) == (200, bytes(range(100)))
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-disposition"] == f'attachment; filename="{media_id}.mp4"'
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert part.headers["content-range"] == "bytes 10-19/100"
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "100", b"")
    head_of_part = await archive.http.head(path, headers={"Range": "bytes=10-19"})
    assert (head_of_part.status_code, head_of_part.headers["content-length"]) == (200, "100")


async def test_a_part_behind_the_end_of_a_film_is_refused(archive, picture):
    archive.take(shown_as(picture, "video/mp4"))

    answer = await archive.get(f"/media/{picture}", Range="bytes=100-")

    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */4"


async def test_a_part_of_another_file_than_the_reader_has_is_the_whole(archive, picture):
    archive.take(shown_as(picture, "video/mp4"))
    path = f"/media/{picture}"
    etag = (await archive.get(path)).headers["etag"]

    same = await archive.get(path, **{"Range": "bytes=0-0", "If-Range": etag})
    another = await archive.get(path, **{"Range": "bytes=0-0", "If-Range": '"x"'})

    assert (same.status_code, another.status_code) == (206, 200)


async def test_the_end_of_a_film_is_given_and_all_of_it_where_the_part_is_no_part(archive):
    media_id = uuid4()
    store_picture(archive, media_id, bytes(range(100)))
    archive.take(shown_as(media_id, "video/mp4"))

    async def part(wanted: str) -> tuple[int, bytes]:
        answer = await archive.get(f"/media/{media_id}", Range=wanted)
        return answer.status_code, answer.content

    assert await part("bytes=-5") == (206, bytes(range(95, 100)))
    assert await part("bytes=90-") == (206, bytes(range(90, 100)))
    assert await part("bytes=-500") == (206, bytes(range(100)))
    assert (await part("bytes=-0"))[0] == 416
    for passed_over in ("bytes=9-1", "lines=1-2", "bytes=0-1,5-6", "bytes=x"):
        assert await part(passed_over) == (200, bytes(range(100)))


async def test_a_picture_may_not_run_anything_that_it_holds(archive, picture):
    archive.take(showing(picture, content_type="image/svg+xml"))
    headers = (await archive.get(f"/media/{picture}")).headers
    assert headers["content-type"] == "image/svg+xml"
    assert "sandbox" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("how", ["retracted", "expired", "erased", "left out"])
async def test_a_file_that_readers_had_is_gone_with_the_article_that_showed_it(
    archive, picture, how
):
    shown = showing(picture)
    archive.take(shown)
    path = f"/media/{picture}"
    etag = (await archive.get(path)).headers["etag"]
    assert (await archive.get(path)).status_code == 200

    later = {"id": shown.id, "version": 2}
    ends = {
        "retracted": retraction(shown.id),
        "expired": article(**later, pub_status="withheld", media=shown.media),
        "erased": erasure(shown.id),
        "left out": article(**later),
    }
    archive.take(ends[how])

    assert (await archive.get(path)).status_code == 404
    for asked in ({"If-None-Match": etag}, {"Range": "bytes=0-1"}):
        assert (await archive.get(path, **asked)).status_code == 404


async def test_a_file_stays_while_another_article_shows_it(archive, picture):
    first, second = showing(picture), showing(picture)
    archive.take(first, second)
    for ended in (second, first):
        assert (await archive.get(f"/media/{picture}")).status_code == 200
        archive.take(retraction(ended.id))
    assert (await archive.get(f"/media/{picture}")).status_code == 404


async def test_files_are_counted_and_what_is_refused_is_logged(archive, picture):
    archive.take(showing(picture))
    counter = 'tinbai_public_reads_total{kind="media",status="200"}'
    with capture_logs() as logs:
        served = await archive.get(f"/media/{picture}")
        refused = await archive.get(f"/media/{uuid4()}")
    assert "x-request-id" not in served.headers
    assert "traceparent" not in served.headers
    assert refused.headers["x-request-id"]
    assert [each["status"] for each in logs if each["event"] == "request_answered"] == [404]
    assert counter in (await archive.get("/metrics")).text


async def test_a_missing_file_is_not_there(archive):
    archive.take(shown := showing(uuid4()))
    assert (await archive.get(f"/media/{shown.media[0].id}")).status_code == 404
