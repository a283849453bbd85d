"""The pages that list articles: front page, columns, campaigns, units, search."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from schemas.article import Media
from schemas.events import CampaignChanged, ColumnChanged, UnitChanged
from schemas.registry import Campaign, Column, Unit, UnitName
from services.archive.pages.edition import ENGLISH, VIETNAMESE
from services.archive.pages.front import leading
from services.common.ids import new_id
from tests.archive.conftest import Archive
from tests.factories import NOON, TRACE, article

HTML = "text/html,*/*"
_EVENT: dict[str, Any] = {"time": NOON, "producer": "ingest", "trace": TRACE}


def name_all(archive: Archive) -> None:
    archive.name(
        ColumnChanged(id=new_id(), **_EVENT, column=Column(slug="thong-quan", name="Thông quan"))
    )
    archive.name(
        CampaignChanged(id=new_id(), **_EVENT, campaign=Campaign(slug="so-hoa", name="Số hóa"))
    )
    old = UnitName(name="Cục Hải quan Hải Phòng")
    new = UnitName(name="Chi cục khu vực III", **{"from": date(2025, 3, 1)})
    unit = Unit(code="HQHP", name=new.name, names=(old, new), site="https://hp.example")
    archive.name(UnitChanged(id=new_id(), **_EVENT, unit=unit))


@pytest.mark.parametrize(
    ("path", "name", "feed"),
    [
        ("/columns/thong-quan", "Thông quan", "columns/thong-quan"),
        ("/campaigns/so-hoa", "Số hóa", "campaigns/so-hoa"),
        ("/units/HQHP", "Chi cục khu vực III", "units/HQHP"),
    ],
    ids=["column", "campaign", "unit"],
)
async def test_a_section_lists_its_articles_and_offers_its_feed(archive, path, name, feed):
    name_all(archive)
    inside = article(headline="Bên trong", column="thong-quan", campaigns=["so-hoa"])
    archive.take(inside, article(headline="Bên ngoài", unit="HQDN"))

    page = (await archive.get(path)).text
    assert f"<h1>{name}</h1>" in page
    assert "Bên trong" in page
    assert "Bên ngoài" not in page
    assert (
        f'type="application/atom+xml" title="{name}" href="https://feeds.test/feeds/{feed}' in page
    )
    assert f'<link rel="canonical" href="https://bao.test{path}">' in page
    assert f'hreflang="en" href="https://bao.test/en{path}">' in page


async def test_an_article_names_its_column_campaign_and_unit_and_links_to_them(archive):
    name_all(archive)
    archive.take(shown := article(column="thong-quan", campaigns=["so-hoa"]))
    page = (await archive.page(shown)).text
    for link in (
        '<a href="/columns/thong-quan">Thông quan</a>',
        '<a href="/campaigns/so-hoa">Số hóa</a>',
        '<a href="/units/HQHP">Chi cục khu vực III</a>',
    ):
        assert link in page


async def test_a_unit_tells_its_former_names(archive):
    name_all(archive)
    page = (await archive.get("/units/HQHP")).text
    assert "Cục Hải quan Hải Phòng</span> (đến 28/02/2025)" in page
    assert 'href="https://hp.example"' in page


async def test_a_unit_that_is_no_more_leads_to_who_took_over_and_that_one_lists_its_articles(
    archive,
):
    name_all(archive)
    for unit in (Unit(code="HQQN", name="Cũ"), Unit(code="KV8", name="Mới", succeeds=["HQQN"])):
        archive.name(UnitChanged(id=new_id(), **_EVENT, unit=unit))
    archive.take(article(unit="HQQN", headline="Bài của đơn vị cũ"))
    assert '<a href="/units/KV8">Mới</a>' in (await archive.get("/units/HQQN")).text
    assert "Bài của đơn vị cũ" in (await archive.get("/units/KV8")).text


async def test_a_long_list_goes_on_page_after_page_and_shows_each_once(archive):
    archive.take(
        *(
            article(column="c", headline=f"Bài {n}.", published=NOON + timedelta(hours=n))
            for n in range(45)
        )
    )
    path: str | None = "/columns/c"
    seen: list[str] = []
    while path:
        page = (await archive.get(path)).text
        seen += re.findall(r">(Bài \d+\.)</a></h2>", page)
        following = re.search(r'<link rel="next" href="([^"]+)">', page)
        assert bool(following) == ("Bài cũ hơn" in page)
        path = following[1] if following else None
    assert seen == [f"Bài {n}." for n in reversed(range(45))]


@pytest.mark.parametrize("path", ["/columns/x", "/campaigns/x", "/units/x", "/en/units/x"])
async def test_what_nobody_named_or_wrote_for_is_a_page_for_people_and_a_problem_for_programs(
    archive, path
):
    assert "<h1>" in (page := await archive.get(path, Accept=HTML)).text
    assert page.status_code == 404
    problem = await archive.get(path, Accept="application/json")
    assert problem.headers["content-type"] == "application/problem+json"


async def test_a_column_that_has_a_name_and_no_article_is_there(archive):
    name_all(archive)
    page = await archive.get("/columns/thong-quan")
    assert page.status_code == 200
    assert "Chưa có bài viết nào." in page.text


async def test_the_english_front_page_shows_english_articles_alone(archive):
    name_all(archive)
    archive.take(
        article(headline="Tin tiếng Việt"),
        article(headline="News", language="en", column="thong-quan"),
    )
    english = await archive.get("/en")
    assert '<html lang="en">' in english.text
    assert english.headers["content-language"] == "en"
    assert "News" in english.text
    assert "Tin tiếng Việt" not in english.text
    assert "https://feeds.test/feeds/languages/en.rss" in english.text
    assert '<a href="/en/columns/thong-quan" lang="vi">Thông quan</a>' in english.text


async def test_the_language_is_in_the_address_alone(archive):
    vietnamese = await archive.get("/", **{"Accept-Language": "en"})
    assert '<html lang="vi">' in vietnamese.text
    assert "Accept-Language" not in vietnamese.headers["vary"]


async def test_the_front_page_has_each_column_with_its_articles(archive):
    name_all(archive)
    archive.take(article(headline="Tin đầu"), article(headline="Trong mục", column="thong-quan"))
    page = (await archive.get("/")).text
    section = page[page.index('id="column-thong-quan"') :]
    assert "Trong mục" in section
    assert "Tin đầu" not in section


PICTURE = Media(href="https://x.test/1.jpg", content_type="image/jpeg")


@pytest.mark.parametrize(
    ("articles", "leads"),
    [
        ([{"urgency": 5}, {"urgency": 2}], 1),
        ([{"urgency": 5}, {"media": [PICTURE]}], 1),
        ([{"urgency": 4}, {"media": [PICTURE]}], 0),
        ([{"genre": "notice"}, {}], 1),
        ([{}, {"urgency": 1, "published": NOON - timedelta(hours=25)}], 0),
        ([{}, {}], 0),
    ],
    ids=["urgent", "picture", "urgent before picture", "notice last", "a day", "newest"],
)
def test_the_most_urgent_of_the_newest_day_leads(articles, leads):
    made = [article(**fields) for fields in articles]
    assert leading(made) is made[leads]


async def test_nothing_leads_an_empty_paper(archive):
    assert leading([]) is None
    assert "Chưa có bài viết nào." in (await archive.get("/")).text


async def test_a_search_shows_hits_marked_and_links_that_narrow(archive):
    name_all(archive)
    archive.take(article(headline="Một", column="thong-quan"), article(headline="Hai", unit="HQDN"))
    page = (await archive.get("/search?q=lo+hang")).text
    assert "<mark>lô</mark> <mark>hàng</mark>" in page
    assert 'value="lo hang"' in page
    assert '<a href="/search?q=lo+hang&amp;unit=HQDN" rel="nofollow">' in page

    narrowed = (await archive.get("/search?q=lo+hang&unit=HQDN")).text
    assert ">Hai</a>" in narrowed
    assert ">Một</a>" not in narrowed
    assert '<a href="/search?q=lo+hang" rel="nofollow" aria-current="true">HQDN' in narrowed
    assert '<input type="hidden" name="unit" value="HQDN">' in narrowed


@pytest.mark.parametrize("asked", ["q=bai", "q=", "q=bai&sort=time"])
async def test_a_search_goes_on_page_after_page(archive, asked):
    archive.take(*(article(headline=f"Bài {n}.") for n in range(45)))
    path: str | None = f"/search?{asked}"
    seen: list[str] = []
    while path:
        page = (await archive.get(path)).text
        seen += re.findall(r">(Bài \d+\.)</a></h3>", re.sub("</?mark>", "", page))
        following = re.search(r'<link rel="next" href="([^"]+)">', page)
        path = following[1].replace("&amp;", "&") if following else None
    assert sorted(seen) == sorted(f"Bài {n}." for n in range(45))


async def test_a_program_whose_question_cannot_be_read_gets_a_problem(archive):
    answer = await archive.get('/search?q="hai quan')
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/query/q"]


async def test_a_question_that_cannot_be_read_is_told_where_in_the_pages_language(archive):
    page = await archive.get('/search?q="hai quan', Accept=HTML)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert "dấu ngoặc kép" in page.text.casefold()
    english = await archive.get('/en/search?q="hai quan', Accept=HTML)
    assert "quotation mark at character 1" in english.text


async def test_what_was_typed_stays_text(archive):
    hostile = '"><script>alert(1)</script>'
    answer = await archive.http.get("/search", params={"q": f"x {hostile}x"})
    assert "<script" not in answer.text


async def test_a_search_that_finds_next_to_nothing_says_what_may_be_meant(archive):
    archive.take(*(article() for _ in range(12)))
    page = (await archive.get("/search?q=lo+hagn")).text
    assert '<a href="/search?q=lo+hang" rel="nofollow">lo hang</a>' in page


async def test_a_search_marks_headlines_too(archive):
    archive.take(article(headline="Lô hàng & bến cảng"))
    page = (await archive.get("/search?q=ben+cang")).text
    assert "Lô hàng &amp; <mark>bến" in page


async def test_a_document_has_a_page_of_the_articles_that_name_it_and_texts_lead_there(archive):
    naming = article(headline="Nêu số", body="<p>Theo công văn 4314/TCHQ-TXNK.</p>")
    archive.take(naming, article(headline="Không nêu"))
    link = '<a href="/documents/4314-tchq-txnk">4314/TCHQ-TXNK</a>'
    assert link in (await archive.page(naming)).text

    page = (await archive.get("/documents/4314-tchq-txnk")).text
    assert "<h1>4314/TCHQ-TXNK</h1>" in page
    assert "Nêu số" in page
    assert "Không nêu" not in page
    assert "/feeds/documents" not in page
    for nowhere in ("/documents/4315-tchq-txnk", "/documents/4314-TCHQ-TXNK", "/documents/x"):
        assert (await archive.get(nowhere, Accept=HTML)).status_code == 404


async def test_crawlers_leave_searches_alone(archive):
    assert '<meta name="robots" content="noindex">' in (await archive.get("/search?q=a")).text
    assert "Disallow: /search" in (await archive.get("/robots.txt")).text.splitlines()


async def test_browsers_are_told_how_to_search_here(archive):
    assert 'href="/opensearch.xml"' in (await archive.get("/")).text
    told = await archive.get("/opensearch.xml")
    assert told.headers["content-type"].startswith("application/opensearchdescription+xml")
    assert 'template="https://bao.test/search?q={searchTerms}"' in told.text


async def test_there_is_an_icon_also_for_those_who_ask_without_looking(archive):
    link = re.search(r'href="(/icon-\w+\.svg)"', (await archive.get("/")).text)
    assert link
    for path, cached in ((link[1], "immutable"), ("/favicon.ico", "max-age=86400")):
        icon = await archive.get(path)
        assert icon.headers["content-type"].startswith("image/svg+xml")
        assert cached in icon.headers["cache-control"]


def _keys(words: dict[str, Any]) -> set[str]:
    inner = {f"{k}.{i}" for k, v in words.items() if isinstance(v, dict) for i in v}
    return set(words) | inner


def test_both_languages_say_the_same():
    assert _keys(VIETNAMESE.words) == _keys(ENGLISH.words)
