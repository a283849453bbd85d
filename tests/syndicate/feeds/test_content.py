import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.ingest.text.body import clean_body, text_of
from services.syndicate.feeds.content import content_of
from tests.factories import article
from tests.syndicate.reading import atom, bodies, found, items, rss, texts
from tests.syndicate.samples import SAMPLES

LINK = "https://paper.example/articles/1"
PICTURE = "https://agency.example/Ảnh/a.jpg"
WITHHELD = {"href": PICTURE, "syndicate": False}
REST = "<p>Trước.</p>{}<p>Sau.</p>"


def content(body: str, *media: object) -> str:
    return content_of(article(body=body, media=list(media)), LINK)


@pytest.mark.parametrize(
    "shown",
    [
        f'<img src="{PICTURE}">',
        f'<img src="{PICTURE}?w=640#x" alt="Chú thích">',
        '<img src="http://AGENCY.example/%E1%BA%A2nh/a.jpg">',
        f'<figure><img src="{PICTURE}"><figcaption>Ảnh: <b>Hãng</b></figcaption></figure>',
        f'<p><a href="{PICTURE}"><img src="{PICTURE}"></a></p>',
        f'<figure><a href="{PICTURE}"><img src="{PICTURE}"></a></figure>',
    ],
)
def test_a_picture_whose_rights_end_at_our_pages_is_not_in_the_text_either(shown: str) -> None:
    assert content(REST.format(shown), WITHHELD) == REST.format("")


def test_an_upload_is_known_by_its_id_in_every_size() -> None:
    withheld = SAMPLES["withheld_picture"]
    made = bodies(withheld)
    for body in made.values():
        assert str(withheld.media[0].id).encode() not in body
        assert "Ảnh của hãng tin" not in body.decode()
    [item] = items(withheld)
    assert item["content_html"].count("<figure>") == 1
    assert [each["url"] for each in item["attachments"]] == [withheld.media[1].href]


def test_what_stands_beside_the_picture_stays() -> None:
    other = "https://agency.example/b.jpg"
    both = f'<img src="{PICTURE}">{{}}<img src="{other}"><figcaption>Hai ảnh</figcaption>'
    kept = f'<figure><img src="{other}"><figcaption>Hai ảnh</figcaption></figure>'
    assert content(f"<figure>{both.format('')}</figure>", WITHHELD) == kept
    assert content(f'<p>Chữ <img src="{PICTURE}"> sau ảnh</p>', WITHHELD) == "<p>Chữ  sau ảnh</p>"
    assert content(f'<p><img src="{PICTURE}">Chữ</p>', WITHHELD) == "<p> Chữ</p>"
    assert content(f'Chữ<figure><img src="{PICTURE}"></figure>sau', WITHHELD) == "Chữ sau"
    assert other in content(f'<p><img src="{other}"></p>', WITHHELD)
    assert content(f'<img src="{PICTURE}bg">x', WITHHELD) == f'<img src="{PICTURE}bg">x'


def test_a_figure_that_was_not_closed_does_not_take_the_article_with_it() -> None:
    rest = f"<p>{'Phần còn lại của bài. ' * 50}</p>"
    for markup in (
        f'<figure><img src="{PICTURE}">{rest}',
        (f'<figure><img src="{PICTURE}"><figcaption>Ảnh{rest}'),
    ):
        made = content(clean_body(markup, "html").html, WITHHELD)
        assert PICTURE not in made
        assert rest in made


def nested(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tags = st.sampled_from(["p", "figure", "figcaption", "a", "li", "td", "table", "b", "pre", "x"])
    whole = st.tuples(tags, inside).map(lambda each: f"<{each[0]}>{each[1]}</{each[0]}>")
    return whole | st.tuples(tags, inside).map("<{0[0]}>{0[1]}".format) | inside


TEXTS = st.sampled_from(["Chữ ", "&lt;img&gt;", f'<img src="{PICTURE}" alt="x">', "<br>", "<hr>"])
MARKUP = st.lists(nested(nested(nested(TEXTS))), min_size=1, max_size=6).map("".join)


@settings(max_examples=100, deadline=None)
@given(MARKUP)
@example("<b>" * 290 + f'Chữ <img src="{PICTURE}">')
def test_wherever_such_a_picture_stands_it_goes_and_the_words_around_it_stay(markup: str) -> None:
    body = clean_body(f"{markup}Hết", "html").html
    made = content(body, WITHHELD)
    assert "agency.example" not in made
    captions = re.compile(r"<figcaption>.*?</figcaption>", re.DOTALL)
    if not captions.search(body):
        assert text_of(made).split() == text_of(body).split()


def test_a_file_that_is_named_twice_is_withheld_if_one_of_them_says_so() -> None:
    media = [WITHHELD, {"href": PICTURE, "caption": "Một lần nữa"}]
    assert "attachments" not in items(article(media=media))[0]


def test_no_link_leads_to_the_picture_but_its_words_stay() -> None:
    link = (
        f'<p>Xem <a href="{PICTURE}">ảnh <b>lớn</b></a> và <a href="https://x.example/">x</a></p>'
    )
    without = '<p>Xem ảnh <b>lớn</b> và <a href="https://x.example/">x</a></p>'
    assert content(link, WITHHELD) == without
    assert (
        content(f'<p><a href="{PICTURE}"><img src="{PICTURE}"></a>x</p>', WITHHELD) == "<p> x</p>"
    )


def test_a_text_without_such_pictures_is_left_as_it_is() -> None:
    odd = "<P>Không&nbsp;đóng <img src='https://x.example/a.jpg'/>"
    assert content(odd, WITHHELD | {"syndicate": True}) == odd


def test_addresses_are_whole_since_readers_have_no_page_to_start_from() -> None:
    assert content('<a href="/x?a=1&amp;b=2">x</a><img src="y.jpg">') == (
        '<a href="https://paper.example/x?a=1&amp;b=2">x</a>'
        '<img src="https://paper.example/articles/y.jpg">'
    )


def test_a_correction_stands_on_top_moves_the_time_and_leads_to_the_versions() -> None:
    corrected = SAMPLES["corrected"]
    [item] = items(corrected)
    note = "Bản trước ghi nhầm 89 nghìn tỷ đồng; số đúng là 98 &lt; 100."
    assert item["content_html"] == f"<p><strong>Đính chính:</strong> {note}</p>{corrected.body}"
    assert item["title"] == corrected.headline
    assert item["date_published"] < item["date_modified"]
    assert item["_tinbai"]["correction"] == corrected.correction_note
    history = f"https://paper.example/v1/articles/{corrected.id}/history"
    assert item["_tinbai"]["links"] == {"history": history}
    for link in "item/a:link[@rel='version-history']", "a:entry/a:link[@rel='version-history']":
        [element] = found(rss(corrected) if link.startswith("item") else atom(corrected), link)
        assert (element.get("href"), element.get("type")) == (history, "application/json")


def test_a_note_of_many_lines_keeps_them() -> None:
    noted = article(version=2, correction_note=" Một <1>\n\nHai ", language="en")
    expected = "<p><strong>Correction:</strong> Một &lt;1&gt;<br><br>Hai</p>"
    assert content_of(noted, LINK).startswith(expected)


def test_a_rebuttal_shows_and_links_what_it_answers() -> None:
    rebuttal = SAMPLES["rebuttal"]
    [item] = items(rebuttal)
    assert item["content_html"].startswith(
        "<p><strong>Phản hồi bài báo:</strong> "
        '<a href="https://press.example/bai/123?x=1&amp;y=2">Lệ phí &lt;tăng&gt; gấp đôi &amp; hơn'
        "</a> (Báo Ví Dụ)</p>"
    )
    address = "https://press.example/bai/123?x=1&y=2"
    assert item["external_url"] == item["_tinbai"]["links"]["rebuts"] == address
    assert item["_tinbai"]["rebuts"]["stance"] == "disputed"
    [entry] = found(atom(rebuttal), "a:entry")
    [related] = found(entry, "a:link[@rel='related']")
    assert related.get("href") == address
    assert related.get("title") == "Báo Ví Dụ: Lệ phí <tăng> gấp đôi & hơn"
    [answered] = found(entry, "thr:in-reply-to")
    assert (answered.get("ref"), answered.get("href")) == (address, address)


def test_a_correction_stands_above_what_is_answered() -> None:
    [item] = items(SAMPLES["rebuttal_accepted_and_corrected"])
    assert item["content_html"].startswith("<p><strong>Đính chính:</strong>")
    assert "<p><strong>Tiếp thu ý kiến của bài báo:</strong> <a" in item["content_html"]


@pytest.mark.parametrize(
    ("name", "rel", "href", "link"),
    [
        ("full", "via", SAMPLES["full"].source_url, "source_url"),
        ("english", "related", f"https://paper.example/articles/{SAMPLES['full'].id}",
         "translation_of"),
        ("successor", "related", f"https://paper.example/articles/{SAMPLES['retracted'].id}",
         "replaces"),
    ],
)  # fmt: skip
def test_articles_lead_to_what_they_come_from(name: str, rel: str, href: str, link: str) -> None:
    sample = SAMPLES[name]
    for element in (*found(rss(sample), "item"), *found(atom(sample), "a:entry")):
        assert [each.get("href") for each in found(element, f"a:link[@rel='{rel}']")] == [href]
    assert items(sample)[0]["_tinbai"]["links"] == {link: href}


def test_who_is_interviewed_contributes() -> None:
    interview = SAMPLES["interview"]
    assert texts(rss(interview), "item/dc:contributor") == ["Bà Trần Thị B"]
    assert texts(atom(interview), "a:entry/a:contributor/a:name") == ["Bà Trần Thị B"]
    assert items(interview)[0]["_tinbai"]["interviewee"] == "Bà Trần Thị B"
