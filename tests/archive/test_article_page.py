"""What the page of an article says beyond its text."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from schemas.article import Media, MediaRole, Rebuttal, Rendition
from services.archive.pages.body import shown_body
from services.archive.pages.page import summary
from services.archive.pages.pictures import Files, Shown
from tests.archive.test_pages import END, json_ld
from tests.factories import NOON, article, retraction


def picture(width: int = 2000, **fields: object) -> Media:
    sizes = [each for each in (320, 640, 1280, 1920) if each < width]
    renditions = [
        Rendition(href=f"https://bao.test/m?w={each}", width=each, height=each // 2, size=1)
        for each in sizes
    ]
    given = {"id": uuid4(), "href": "https://bao.test/m", "content_type": "image/jpeg"}
    return Media.model_validate(
        given | {"width": width, "height": width // 2, "renditions": renditions} | fields
    )


async def test_all_corrections_are_told_with_their_times(archive):
    first = article()
    archive.take(
        first,
        article(id=first.id, version=2, correction_note="Sửa tên.", updated=NOON + timedelta(1)),
        article(id=first.id, version=4, correction_note="Sửa số.", updated=NOON + timedelta(2)),
    )
    page = (await archive.page(first)).text
    assert page.index("Sửa số.") < page.index("Sửa tên.")
    assert "12:00 03/03/2026" in page
    assert f'href="/articles/{first.id}/history"' in page
    assert [each["text"] for each in json_ld(page)["correction"]] == ["Sửa số.", "Sửa tên."]


async def test_an_article_of_one_version_has_no_link_to_others(archive):
    archive.take(shown := article())
    assert "/history" not in (await archive.page(shown)).text


async def test_translations_know_each_other(archive):
    original = article(headline="Bản gốc")
    english = article(headline="Original", language="en", translation_of=original.id)
    french = article(headline="Origine", language="fr", translation_of=original.id)
    archive.take(original, english, french)

    for shown in (original, english, french):
        page = (await archive.page(shown)).text
        alternates = re.findall(r'hreflang="(\w+)" href="https://bao.test/articles/([^"]+)"', page)
        assert sorted(alternates) == sorted(
            (each.language, str(each.id)) for each in (original, english, french)
        )
    page = (await archive.page(original)).text
    assert f'<a href="/articles/{english.id}" hreflang="en">tiếng Anh</a>' in page
    assert f'class="edition" href="/articles/{english.id}"' in page
    told = json_ld((await archive.page(english)).text)
    assert told["translationOfWork"] == {"@id": f"https://bao.test/articles/{original.id}"}


async def test_a_translation_that_was_taken_back_is_not_named(archive):
    original = article()
    english = article(language="en", translation_of=original.id)
    archive.take(original, english, retraction(english.id))
    assert str(english.id) not in (await archive.page(original)).text


async def test_the_notice_of_a_retraction_leads_to_what_stands_in_for_it(archive):
    gone = article()
    successor = article(headline="Bài thay thế đúng", replaces=gone.id)
    archive.take(gone, retraction(gone.id, retraction=END), successor)

    notice = await archive.page(gone)
    assert notice.status_code == 410
    assert f'<a href="/articles/{successor.id}">Bài thay thế đúng</a>' in notice.text
    page = (await archive.page(successor)).text
    assert f'<a href="/articles/{gone.id}">Bài này thay cho một bài đã thu hồi</a>' in page


async def test_news_beside_an_english_article_are_english_where_there_are_some(archive):
    shown = article(language="en")
    archive.take(shown, article(headline="Tin Việt"), article(headline="Other news", language="en"))
    latest = (await archive.page(shown)).text.partition('id="latest"')[2]
    assert "Other news" in latest
    assert "Tin Việt" not in latest


async def test_news_beside_the_only_english_article_are_vietnamese(archive):
    shown = article(language="en")
    archive.take(shown, article(headline="Tin Việt"))
    assert "Tin Việt" in (await archive.page(shown)).text.partition('id="latest"')[2]


async def test_related_news_say_why(archive):
    shown = article(body="<p>Vảy tê tê giấu trong cuộn vải.</p>", headline="Vảy tê tê ở Gò Sen")
    archive.take(shown, *(article(headline="Thêm vảy tê tê", body=shown.body) for _ in "ab"))
    page = (await archive.page(shown)).text
    assert re.search(r'<p class="why">Cùng nói về: <span>[^<]*cuộn vải', page)


async def test_what_is_described_to_search_engines(archive):
    shown = article(
        column="thong-quan",
        byline=["Vân Khê"],
        keywords=["tờ khai"],
        source_url="https://goc.example/1",
        rebuts=Rebuttal(outlet="Báo X", title="Tin sai", url="https://x.test/1", stance="disputed"),
        media=[picture(caption="Cảng", credit="Vân Khê")],
    )
    archive.take(shown)
    page = (await archive.page(shown)).text
    told = json_ld(page)
    assert told["isAccessibleForFree"] is True
    assert told["isBasedOn"] == "https://goc.example/1"
    assert [each["name"] for each in told["author"]] == ["Vân Khê", "HQHP"]
    assert told["publisher"]["name"] == "Tin bài"
    assert told["about"]["publisher"]["name"] == "Báo X"
    (image,) = told["image"]
    assert image["url"] == f"https://bao.test/media/{shown.media[0].id}"
    assert (image["width"], image["caption"]) == (2000, "Cảng")
    assert '"@type":"BreadcrumbList"' in page
    for name, content in (
        ("og:image:width", "2000"),
        ("og:site_name", "Tin bài"),
        ("article:published_time", "2026-03-02T05:00:00+00:00"),
        ("article:section", "thong-quan"),
    ):
        assert f'<meta property="{name}" content="{content}">' in page


async def test_a_picture_whose_rights_end_at_our_pages_is_shown_here_and_offered_to_nobody(archive):
    ours = picture(syndicate=False)
    archive.take(shown := article(media=[ours]))
    page = (await archive.page(shown)).text
    assert f'src="/media/{ours.id}"' in page
    assert "og:image" not in page
    assert json_ld(page)["image"] == []


async def test_pictures_come_in_sizes_and_take_their_room_beforehand(archive):
    main, other = picture(2000, role="main"), picture(900)
    archive.take(shown := article(media=[other, main]))
    page = (await archive.page(shown)).text
    src = f"/media/{main.id}"
    listed = ", ".join(f"{src}?w={each} {each}w" for each in (320, 640, 1280, 1920))
    assert f'<source type="image/webp" srcset="{listed}"' in page
    assert f'<img src="{src}" alt="" width="2000" height="1000" fetchpriority="high">' in page
    assert f'<img src="/media/{other.id}" alt="" width="900" height="450" loading="lazy">' in page


async def test_sound_and_film_load_when_they_are_played_and_can_be_taken_home(archive):
    poster = picture(role="thumbnail")
    sound = Media(
        id=uuid4(),
        href="https://bao.test/s",
        content_type="audio/mpeg",
        duration=3754,
        size=4_230_000,
        caption="Tập 1",
    )
    film = Media(href="https://x.test/f.mp4", content_type="video/mp4", width=640, height=360)
    archive.take(shown := article(media=[sound, film, poster]))
    page = (await archive.page(shown)).text
    assert f'<audio controls preload="none" src="/media/{sound.id}" aria-label="Tập 1">' in page
    assert f'<a href="/media/{sound.id}" download>Tải tệp về</a> (MP3 · 1:02:34 · 4,2 MB)' in page
    assert f'width="640" height="360" poster="/media/{poster.id}"' in page


@pytest.mark.parametrize(
    ("roles", "main", "others", "thumbnail"),
    [
        (["body", "body"], 0, [1], 0),
        (["gallery", "main"], 1, [0], 1),
        (["thumbnail", "body"], 1, [], 0),
        ([], None, [], None),
    ],
    ids=["first", "main", "thumbnail", "none"],
)
def test_each_picture_has_its_place(roles, main, others, thumbnail):
    media = [picture(role=MediaRole(role)) for role in roles]
    files = Files(article(media=media))

    def place(shown: Shown | None) -> int | None:
        return media.index(shown.media) if shown else None

    assert place(files.main) == main
    assert [place(each) for each in files.others] == others
    assert place(files.thumbnail) == thumbnail


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<h4>a</h4><h6>b</h6><h4>c</h4>", "<h2>a</h2><h3>b</h3><h2>c</h2>"),
        ("<h3>a</h3><h2>b</h2>", "<h2>a</h2><h2>b</h2>"),
        ('<img src="/a">', '<img loading="lazy" alt="" src="/a">'),
        ('<img src="/a" alt="x &gt; y">', '<img loading="lazy" src="/a" alt="x &gt; y">'),
        ("<p>a &amp; b &#39;<br>&lt;h2&gt;</p>", "<p>a &amp; b &#39;<br>&lt;h2&gt;</p>"),
        (
            "<table><tr><td><table></table></td></tr></table>",
            '<div class="wide" role="group" tabindex="0" aria-label="Bảng">'
            "<table><tr><td><table></table></td></tr></table></div>",
        ),
        ('<a title="&lt;h3&gt;" href="/x">a</a>', '<a title="&lt;h3&gt;" href="/x">a</a>'),
    ],
    ids=["gaps", "order", "no alt", "alt", "text", "table", "attribute"],
)
def test_the_text_fits_into_the_page(given, shown):
    assert shown_body(given, "Bảng") == shown


def test_a_summary_ends_with_a_whole_word():
    text = summary(article(lead="một hai " * 100))
    assert len(text) <= 201
    assert text.endswith(("một…", "hai…"))
    assert summary(article(lead="Ngắn.")) == "Ngắn."
