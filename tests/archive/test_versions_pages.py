"""Pages about an article in time: what changed in it, and how it was."""

from datetime import timedelta
from uuid import uuid4

from schemas.article import Media
from tests.archive.test_pages import store_picture
from tests.factories import NOON, article, erasure, retraction

HOUR = timedelta(hours=1)
HOSTILE = "<script>alert(1)</script>"
FIRST = article(headline="Mở 12 làn xe", keywords=["cửa khẩu"])
SECOND = article(
    id=FIRST.id,
    version=2,
    headline="Mở 21 làn xe",
    body=f"<p>Sáng nay, lô hàng đầu tiên đã được kiểm tra. {HOSTILE}</p>".replace("<s", "&lt;s"),
    keywords=["cửa khẩu", "đường bộ"],
    correction_note="Bản trước ghi sai số làn xe.",
    updated=NOON + HOUR,
)


def at(hours: float, of=FIRST) -> str:
    time = (NOON + hours * HOUR).isoformat().replace("+", "%2B")
    return f"/articles/{of.id}?at={time}"


async def get(archive, path: str):
    return await archive.get(path, Accept="text/html")


async def test_readers_see_what_changed_with_each_version(archive):
    archive.take(FIRST, SECOND)
    answer = await get(archive, f"/articles/{FIRST.id}/history")
    assert answer.status_code == 200
    for part in (
        '<meta name="robots" content="noindex">',
        "<dd>Mở <del>12</del> <ins>21</ins> làn xe</dd>",
        "đã được <del>thông quan.</del> <ins>kiểm tra.",
        "<del>cửa khẩu</del> <ins>cửa khẩu, đường bộ</ins>",
        SECOND.correction_note,
        "Phiên bản 2",
        "Bản đăng đầu tiên",
        f"/articles/{FIRST.id}?at=2026-03-02T06%3A00%3A00%2B00%3A00",
    ):
        assert part in answer.text, part
    assert "<script" not in answer.text
    assert f'/articles/{FIRST.id}/history"' in (await get(archive, f"/articles/{FIRST.id}")).text


async def test_a_long_history_goes_on_another_page(archive):
    of = uuid4()
    archive.take(*(article(id=of, version=each, headline=f"Bản {each}") for each in range(1, 36)))
    path = f"/articles/{of}/history"
    assert f'href="{path}?before=6"' in (await get(archive, path)).text
    older = (await get(archive, f"{path}?before=6")).text
    assert "Phiên bản 5" in older
    assert "Phiên bản 6" not in older
    assert "?before=" not in older


async def test_the_page_is_shown_as_readers_saw_it_at_a_time(archive):
    archive.take(FIRST, SECOND)
    page = await get(archive, at(0.5))
    assert page.status_code == 200
    assert "Mở 12 làn xe" in page.text
    assert "Mở 21" not in page.text.partition('id="latest"')[0]
    assert "như bạn đọc thấy lúc" in page.text
    assert 'content="noindex"' in page.text
    assert f'<link rel="canonical" href="https://bao.test/articles/{FIRST.id}">' in page.text
    assert "Mở 21 làn xe" in (await get(archive, at(1))).text
    assert (await get(archive, at(-1))).status_code == 404
    assert (await archive.get(at(-1), Accept="application/json")).json()["status"] == 404


async def test_of_its_pictures_only_those_that_are_still_served_are_shown(archive):
    old, kept = uuid4(), uuid4()
    store_picture(archive, old)
    media = [Media(id=each, href=f"https://bao.test/media/{each}") for each in (old, kept)]
    first = article(media=media)
    archive.take(first, article(id=first.id, version=2, media=media[1:], updated=NOON + HOUR))
    page = (await get(archive, at(0, first))).text
    assert str(kept) in page
    assert str(old) not in page


async def test_what_has_ended_has_no_earlier_page_and_no_history(archive):
    taken_back, over, erased = (article(headline="Ngọc Bích Thủy Tiên") for _ in range(3))
    archive.take(taken_back, over, erased)
    for of in (taken_back, over, erased):
        for path in (at(0, of), f"/articles/{of.id}/history"):
            assert "Ngọc Bích" in (await get(archive, path)).text
    archive.take(
        end := retraction(taken_back.id),
        article(id=over.id, version=2, pub_status="withheld", headline=over.headline),
        erasure(erased.id),
    )
    assert end.retraction
    for of in (taken_back, over, erased):
        for path in (at(0, of), f"/articles/{of.id}/history"):
            answer = await get(archive, path)
            assert answer.status_code == 410
            assert "Ngọc Bích" not in answer.text
            assert (end.retraction.notice in answer.text) is (of is taken_back)


async def test_there_is_no_history_of_what_is_not_there(archive):
    for name in (uuid4(), "nonsense"):
        assert (await get(archive, f"/articles/{name}/history")).status_code == 404
