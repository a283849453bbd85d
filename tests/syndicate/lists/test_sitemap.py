import subprocess
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree

from schemas.article import Article
from services.common.metrics import FEED_RENDER_ERRORS
from services.syndicate.feeds.site import Site
from services.syndicate.lists import sitemap as sitemap_module
from services.syndicate.lists.sitemap import Sitemap, news_language
from services.syndicate.rendering.window import Standing
from tests.factories import NOON, article

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
}


def made(sitemap: Sitemap, *articles: Article) -> bytes:
    """Make the sitemap of these; fail if one is read that the sitemap should know already."""
    texts = {each.id: each.model_dump_json().encode() for each in articles}
    entries = [Standing(each.published, each.id, each.version, False) for each in articles]

    def load(ids: Collection[UUID]) -> dict[UUID, bytes]:
        return {i: texts[i] for i in ids if i in texts}

    return sitemap.of(entries, load)


def said(document: bytes, path: str) -> list[str]:
    return [each.text or "" for each in etree.fromstring(document).iterfind(path, NAMES)]


@pytest.fixture
def sitemap(site: Site) -> Sitemap:
    return Sitemap(site, "Báo & Tin")


def test_each_address_comes_with_name_language_date_and_title(sitemap: Sitemap) -> None:
    hanoi = timezone(timedelta(hours=7))
    one = article(
        headline='Xuất khẩu "vải" & <nhãn>',
        language="en-GB",
        published=datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=hanoi),
        updated=datetime(2026, 3, 2, 9, 30, tzinfo=hanoi),
    )
    document = made(sitemap, one)
    assert said(document, "s:url/s:loc") == [f"https://paper.example/articles/{one.id}"]
    assert said(document, "s:url/s:lastmod") == ["2026-03-02T02:30:00+00:00"]
    news = "s:url/news:news"
    assert said(document, f"{news}/news:publication/news:name") == ["Báo & Tin"]
    assert said(document, f"{news}/news:publication/news:language") == ["en"]
    assert said(document, f"{news}/news:publication_date") == ["2026-03-02T01:00:00+00:00"]
    assert said(document, f"{news}/news:title") == ['Xuất khẩu "vải" & <nhãn>']


def test_a_sitemap_without_articles_is_one_all_the_same(sitemap: Sitemap, tmp_path: Path) -> None:
    for n, articles in enumerate(([], [article(), article()])):
        file = tmp_path / f"{n}.xml"
        file.write_bytes(made(sitemap, *articles))
        subprocess.run(["xmllint", "--noout", file], check=True, timeout=60)
        root = etree.parse(file).getroot()
        assert root.tag == f"{{{NAMES['s']}}}urlset"
        assert len(root) == n * 2


def test_only_a_picture_that_may_leave_our_pages_is_shown(sitemap: Sitemap) -> None:
    ours, theirs, film = (
        {"href": f"https://paper.example/{name}", "content_type": kind, "syndicate": leaves}
        for name, kind, leaves in (
            ("a.jpg", "image/jpeg", False),
            ("b.jpg", "image/jpeg", True),
            ("c.mp4", "video/mp4", True),
        )
    )
    document = made(sitemap, article(media=[film, ours, theirs]))
    assert said(document, "s:url/image:image/image:loc") == ["https://paper.example/b.jpg"]


@pytest.mark.parametrize(
    ("tag", "language"),
    [("vi", "vi"), ("EN-us", "en"), ("zh", "zh-cn"), ("zh-Hant-HK", "zh-tw"), ("zh-CN", "zh-cn")],
)
def test_languages_are_named_as_news_sitemaps_do(tag: str, language: str) -> None:
    assert news_language(tag) == language


def test_a_change_costs_one_article(sitemap: Sitemap, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = article(), article()
    made(sitemap, one, two)
    said_anew: list[UUID] = []
    real = sitemap_module.say

    def say(each: Article, site: Site, publication: str) -> bytes:
        said_anew.append(each.id)
        return real(each, site, publication)

    monkeypatch.setattr(sitemap_module, "say", say)
    corrected = article(id=one.id, version=2, headline="Tít mới", correction_note="Sửa")
    assert said(made(sitemap, corrected, two), ".//news:title") == ["Tít mới", two.headline]
    assert said_anew == [one.id]


def test_an_article_that_cannot_be_said_is_left_out_alone(sitemap: Sitemap) -> None:
    good, bad = article(), article()
    errors = FEED_RENDER_ERRORS._value.get()
    entries = [Standing(NOON, each.id, 1, False) for each in (bad, good)]
    texts = {bad.id: b"{}", good.id: good.model_dump_json().encode()}
    document = sitemap.of(entries, lambda _: texts)
    assert said(document, "s:url/s:loc") == [f"https://paper.example/articles/{good.id}"]
    assert FEED_RENDER_ERRORS._value.get() == errors + 1
