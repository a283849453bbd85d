"""The pages that readers open."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from schemas.article import Media, Rebuttal, Retraction
from schemas.events import UnitChanged
from schemas.registry import Unit
from services.common.ids import new_id
from tests.archive.conftest import Archive
from tests.factories import NOON, TRACE, article, retraction

END = Retraction(reason="nội bộ: số liệu sai", notice="Đã thu hồi vì số liệu sai.", at=NOON)
HOSTILE = "</title></script><script>alert('x')</script> \"&<img src=x onerror=alert(1)>"


async def test_an_article_is_shown_with_all_of_its_parts(archive):
    shown = article(
        lead="Lô hàng đầu năm.",
        byline=["Nguyễn Văn An"],
        media=[Media(id=uuid4(), href="https://bao.test/media/1", caption="Cảng sáng nay")],
        rebuts=Rebuttal(outlet="Báo X", title="Tin sai", url="https://x.test/1", stance="disputed"),
    )
    archive.take(shown)
    page = await archive.page(shown)
    assert page.status_code == 200
    for part in (
        shown.headline,
        shown.lead,
        "Nguyễn Văn An",
        "12:00 02/03/2026",
        '<time datetime="2026-03-02T05:00:00+00:00">',
        f'src="/media/{shown.media[0].id}"',
        "<figcaption>Cảng sáng nay",
        "https://x.test/1",
        f'<link rel="canonical" href="https://bao.test/articles/{shown.id}">',
        'href="https://feeds.test/feeds/latest.atom"',
        'href="https://feeds.test/feeds/units/HQHP.rss"',
        "<p>Sáng nay, lô hàng đầu tiên đã được thông quan.</p>",
    ):
        assert part in page.text


async def test_a_unit_is_shown_by_its_name(archive):
    archive.take(shown := article())
    archive.name(
        UnitChanged(
            id=new_id(),
            time=NOON,
            producer="ingest",
            trace=TRACE,
            unit=Unit(code="HQHP", name="Hải quan khu vực III"),
        )
    )
    assert "Hải quan khu vực III" in (await archive.page(shown)).text


async def test_a_correction_says_what_was_corrected(archive):
    first = article()
    note = "Bản trước ghi sai số lô hàng."
    archive.take(
        first,
        article(id=first.id, version=2, correction_note=note, updated=NOON + timedelta(hours=1)),
    )
    page = await archive.page(first)
    assert note in page.text
    assert "13:00 02/03/2026" in page.text


async def test_a_hostile_headline_stays_text(archive):
    archive.take(
        shown := article(
            headline=HOSTILE,
            lead=HOSTILE,
            byline=[HOSTILE],
            correction_note=HOSTILE,
            media=[Media(href="https://x.test/1.jpg", caption=HOSTILE)],
        )
    )
    page = (await archive.page(shown)).text
    assert "<script>alert" not in page
    assert "onerror=alert(1)>" not in page.replace("onerror=alert(1)&gt;", "")
    assert json_ld(page)["headline"] == HOSTILE
    assert page.count("</script>") == 1  # the one that describes the article


async def test_pages_run_no_script_and_are_asked_for_anew(archive):
    archive.take(shown := article())
    headers = (await archive.page(shown)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-cache"


async def test_search_engines_read_what_it_is(archive):
    archive.take(shown := article())
    told = json_ld((await archive.page(shown)).text)
    assert told["@type"] == "NewsArticle"
    assert told["datePublished"] == "2026-03-02T05:00:00+00:00"
    assert told["mainEntityOfPage"] == f"https://bao.test/articles/{shown.id}"


async def test_an_english_article_has_english_around_it(archive):
    archive.take(shown := article(language="en", headline="Cargo"), article(headline="Cargo too"))
    page = (await archive.page(shown)).text
    assert '<html lang="en">' in page
    assert "Latest news" in page


async def test_a_retracted_article_leaves_its_notice_and_no_byte_of_its_text(archive):
    secret = "Ngọc Bích Thủy Tiên"
    picture = uuid4()
    gone = article(
        headline=f"{secret} một",
        lead=f"{secret} hai",
        body=f"<p>{secret} ba</p>",
        byline=[secret],
        media=[Media(id=picture, href="https://bao.test/media/1", caption=secret)],
    )
    other = article()
    store_picture(archive, picture)
    archive.take(gone, other, article(id=gone.id, version=2, headline=f"{secret} sửa"))
    archive.take(retraction(gone.id, version=3, retraction=END))

    page = await archive.page(gone)
    assert page.status_code == 410
    assert END.notice in page.text
    for path in (
        f"/articles/{gone.id}",
        f"/v1/articles/{gone.id}",
        f"/v1/articles/{gone.id}/history",
        f"/v1/articles/{other.id}/related",
        f"/articles/{other.id}",
        "/v1/latest",
        f"/v1/search?q={secret}",
        "/",
    ):
        answer = await archive.get(path)
        assert secret not in answer.text, path
        assert END.reason not in answer.text, path
    assert (await archive.get(f"/media/{picture}")).status_code == 404


async def test_an_unknown_article_is_a_page_for_people_and_a_problem_for_programs(archive):
    for name in (str(uuid4()), "nonsense"):
        assert "<h1>" in (await archive.get(f"/articles/{name}", Accept="text/html")).text
        answer = await archive.get(f"/articles/{name}", Accept="application/json")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_an_expired_article_is_gone_from_page_search_related_history_and_media(archive):
    secret = "Không còn đăng lô hàng mật"
    picture = UUID(int=8)
    fields = {
        "headline": secret,
        "media": [Media(id=picture, href="https://bao.test/media/1")],
    }
    first, other = article(**fields), article()
    store_picture(archive, picture)
    archive.take(first, other, article(id=first.id, version=2, pub_status="withheld", **fields))

    page = await archive.page(first)
    assert page.status_code == 410
    assert "không còn được đăng" in page.text
    problem = await archive.get(f"/v1/articles/{first.id}")
    assert (problem.status_code, problem.json()["type"]) == (410, "urn:tinbai:problem:gone")
    for path in ("/history", "/related"):
        assert (await archive.get(f"/v1/articles/{first.id}{path}")).status_code == 410
    for path in (
        f"/articles/{first.id}",
        f"/articles/{other.id}",
        f"/v1/articles/{other.id}/related",
        "/v1/latest",
        "/v1/search?q=hang+mat",
        "/",
    ):
        assert secret not in (await archive.get(path)).text, path
    assert (await archive.get(f"/media/{picture}")).status_code == 404


async def test_an_expired_article_that_is_published_again_is_back(archive):
    first = article()
    archive.take(first, article(id=first.id, version=2, pub_status="withheld"))
    archive.take(article(id=first.id, version=3))

    assert (await archive.page(first)).status_code == 200
    assert await archive.ids("/v1/latest") == [str(first.id)]


async def test_an_expired_article_that_is_taken_back_shows_its_notice(archive):
    first = article()
    archive.take(first, article(id=first.id, version=2, pub_status="withheld"))
    archive.take(retraction(first.id, version=3, retraction=END))

    page = await archive.page(first)
    assert page.status_code == 410
    assert END.notice in page.text


async def test_the_front_page_has_the_latest_first(archive):
    older, newer = (
        article(headline="Cũ hơn"),
        article(headline="Mới", published=NOON.replace(day=3)),
    )
    archive.take(newer, older)
    page = (await archive.get("/")).text
    assert page.index("Mới") < page.index("Cũ hơn")


async def test_the_style_sheet_may_be_cached_for_ever(archive):
    link = re.search(r'href="(/style-\w+\.css)"', (await archive.get("/")).text)
    assert link
    style = await archive.get(link[1])
    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]


def json_ld(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def store_picture(archive: Archive, media_id: UUID, data: bytes = b"\x89PNG") -> None:
    folder = archive.data / "media" / str(media_id)[:2] / str(media_id)
    folder.mkdir(parents=True)
    (folder / "original").write_bytes(data)


async def test_crawlers_are_led_to_the_sitemap_that_names_these_pages(archive):
    robots = await archive.get("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain")
    assert "Sitemap: https://feeds.test/sitemap-news.xml" in robots.text.splitlines()
    assert "Disallow: /v1/" in robots.text.splitlines()
