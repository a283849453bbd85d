import json
import locale
from datetime import timedelta

import feedparser
import pytest
from lxml import etree

from services.common.ids import new_id
from services.syndicate.feeds.binding import bind, cut
from services.syndicate.feeds.entry import entry_of
from tests.factories import NOON, article, retraction
from tests.syndicate.reading import SITE, atom, attributes, bodies, found, items, rss, texts
from tests.syndicate.samples import SAMPLES

FULL = SAMPLES["full"]


def test_rss_says_what_feedgen_alone_would_not() -> None:
    [item] = found(rss(FULL), "item")
    [guid] = found(item, "guid")
    assert (guid.text, guid.get("isPermaLink")) == (f"urn:uuid:{FULL.id}", "false")
    assert item.findtext("link") == f"https://paper.example/articles/{FULL.id}"
    assert [each["length"] for each in attributes(item, "enclosure")] == ["1021", "0"]
    assert item.findtext("description") == "Sapo có &lt; và &amp;, và 'dấu nháy'."
    assert texts(item, "content:encoded") == [FULL.body]
    assert found(item, "author") == []
    assert texts(item, "dc:creator") == ["Thu Hà", "Minh Quân"]
    assert texts(item, "dc:publisher") == ["Chi cục Hải quan khu vực III"]
    assert texts(item, "dc:rights") == [FULL.usage_terms]
    assert texts(item, "a:updated") == ["2026-03-02T05:02:00+00:00"]
    assert texts(item, "category[@domain='urn:tinbai:unit']") == ["Chi cục Hải quan khu vực III"]


def test_atom_says_which_link_is_which() -> None:
    [entry] = found(atom(FULL), "a:entry")
    links = [(link.get("rel"), link.get("type")) for link in found(entry, "a:link")]
    assert links == [
        ("alternate", "text/html"),
        ("via", "text/html"),
        ("enclosure", "image/jpeg"),
        ("enclosure", "video/mp4"),
    ]
    [picture, film] = attributes(entry, "a:link[@rel='enclosure']")
    assert (picture["length"], picture["title"]) == ("1021", "Vải & nhãn")
    assert "length" not in film  # nobody knows it
    assert {each.get("type") for each in found(entry, "a:content")} == {"html"}


def test_json_feed_has_the_fields_of_version_1_1() -> None:
    full, gone = items(FULL, retraction(new_id()))
    assert full["id"] == f"urn:uuid:{FULL.id}"
    assert full["summary"] == FULL.lead
    assert full["content_html"] == FULL.body
    assert full["image"] == full["banner_image"] == FULL.media[0].href
    assert full["attachments"][1] == {
        "url": "https://cdn.example/phim.mp4?a=1&b=2",
        "mime_type": "video/mp4",
        "title": "Phim ngắn",
        "_tinbai": {"role": "body"},
    }
    assert full["_tinbai"]["unit"] == {"code": "HQHP", "name": "Chi cục Hải quan khu vực III"}
    assert full["_tinbai"]["urgency"] == 3
    assert full["_tinbai"]["categories"][0] == {
        "scheme": "urn:tinbai:column",
        "term": "kinh-te",
        "label": "Kinh tế & hội nhập",
    }
    assert gone["_tinbai"]["status"] == "retracted"


def test_an_article_that_is_nothing_but_a_withheld_picture_is_still_an_item_with_content() -> None:
    picture = {"href": "https://paper.example/a.jpg", "syndicate": False}
    body = '<figure><img src="https://paper.example/a.jpg"></figure>'
    [item] = items(article(body=body, media=[picture]))
    assert item["content_html"] == ""  # JSON Feed 1.1: one of the two contents must be present


def test_text_without_a_lead_is_content_in_rss_too() -> None:
    [item] = found(rss(article()), "item")
    assert item.find("description") is None
    assert texts(item, "content:encoded") == [article().body]


def test_atom_carries_a_tombstone_from_just_before_the_notice() -> None:
    gone = retraction(new_id(), updated=NOON + timedelta(hours=1))
    feed = atom(article(), gone)
    assert attributes(feed, "at:deleted-entry") == [
        {"ref": f"urn:uuid:{gone.id}", "when": "2026-03-02T05:59:59.999000+00:00"}
    ]
    assert texts(feed, "a:entry/a:updated")[1] == "2026-03-02T06:00:00+00:00"


@pytest.mark.parametrize("name", ["retracted", "retracted_english"])
def test_of_a_retraction_only_the_notice_is_left(name: str) -> None:
    gone = SAMPLES[name]
    assert gone.retraction
    [item] = items(gone)
    assert set(item) == {
        *("id", "url", "title", "summary", "content_html", "authors", "language"),
        *("date_published", "date_modified", "_tinbai"),
    }
    assert item["summary"] == gone.retraction.notice
    assert set(item["_tinbai"]) == {"version", "status", "unit"}
    [rss_item], [entry] = found(rss(gone), "item"), found(atom(gone), "a:entry")
    for place in (rss_item, entry):
        tags = {etree.QName(each).localname for each in place}
        assert not tags & {"category", "enclosure", "content", "group", "rights"} - {"content"}
    assert found(entry, "a:link[@rel='enclosure']") == []


def links(feed: etree._Element) -> list[tuple[str | None, str | None, str | None]]:
    found_ = found(feed, "a:link")
    return [(each.get("rel"), each.get("type"), each.get("href")) for each in found_]


def test_every_format_says_where_it_is_and_where_the_hub_is() -> None:
    address, hub = "https://feeds.example/feeds/units/HQHP", "https://feeds.example/hub"
    assert links(rss(FULL, name="units/HQHP")) == [
        ("self", "application/rss+xml", f"{address}.rss"),
        ("hub", None, hub),
        ("alternate", "application/atom+xml", f"{address}.atom"),
        ("alternate", "application/feed+json", f"{address}.json"),
    ]
    # Only one alternate: readers take the first or the last for the web site.
    assert links(atom(FULL, name="units/HQHP")) == [
        ("alternate", "text/html", "https://paper.example/"),
        ("self", "application/atom+xml", f"{address}.atom"),
        ("hub", None, hub),
    ]
    feed = json.loads(bodies(FULL, name="units/HQHP")["json"])
    assert feed["feed_url"] == f"{address}.json"
    assert feed["hubs"] == [{"type": "WebSub", "url": hub}]


@pytest.mark.parametrize(
    ("name", "title", "description"),
    [
        ("latest", "Tin mới", "Tin mới của tất cả các đơn vị"),
        ("units/HQHP", "Hải quan {} & con", "Tin mới của Hải quan {} & con"),
        ("columns/kt", "Kinh tế", "Tin mới trong chuyên mục Kinh tế"),
        ("languages/en", "Tiếng Anh", "Tin mới theo ngôn ngữ: Tiếng Anh"),
    ],
)
def test_a_feed_says_what_is_in_it(name: str, title: str, description: str) -> None:
    made = bodies(FULL, name=name, title=title)
    assert etree.fromstring(made["rss"]).findtext("channel/description") == description
    assert texts(etree.fromstring(made["atom"]), "a:subtitle") == [description]
    assert json.loads(made["json"])["description"] == description


def test_an_empty_feed_is_a_valid_feed() -> None:
    made = bodies(title="Hải quan Cà Mau", name="units/HQCM")
    for extension in ("rss", "atom"):
        parsed = feedparser.parse(made[extension])
        assert not parsed.bozo
        assert parsed.feed.title == "Hải quan Cà Mau"
        assert parsed.feed.link == "https://paper.example/"
        assert parsed.entries == []
    assert json.loads(made["json"])["items"] == []


def test_to_write_a_date_does_not_touch_the_locale_of_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the locale was asked for, or set")

    monkeypatch.setattr(locale, "setlocale", never)
    assert rss(FULL).findtext("item/pubDate") == "Mon, 02 Mar 2026 05:02:00 +0000"


def test_the_same_state_gives_the_same_bytes() -> None:
    assert bodies(FULL) == bodies(FULL)


def test_the_etag_changes_with_an_entry_an_order_or_a_title() -> None:
    one, two = (cut(entry_of(each, {}, SITE), SITE) for each in (FULL, article()))
    feeds = [
        bind("latest", "Tin mới", [one, two], SITE),
        bind("latest", "Tin mới", [two, one], SITE),
        bind("latest", "Tin mới", [one], SITE),
        bind("latest", "Tin", [one, two], SITE),
    ]
    etags = {document.etag for documents in feeds for document in documents}
    assert len(etags) == 12
    assert bind("latest", "Tin mới", [one, two], SITE)[0].etag == feeds[0][0].etag


def test_the_etag_changes_with_what_one_format_alone_says() -> None:
    made = [
        bind("latest", "Tin mới", [cut(entry_of(each, {}, SITE), SITE)], SITE)
        for each in (FULL, FULL.model_copy(update={"urgency": 5}))
    ]
    for one, other in zip(*made, strict=True):
        assert one.body == other.body or one.etag != other.etag
    assert made[0][2].body != made[1][2].body


def test_a_feed_is_as_new_as_its_newest_change() -> None:
    corrected = article(version=2, updated=NOON + timedelta(minutes=3), correction_note="Sửa")
    assert texts(atom(article(), corrected), "a:updated") == ["2026-03-02T05:03:00+00:00"]
    channel = rss(article(), corrected)
    assert channel.findtext("lastBuildDate") == "Mon, 02 Mar 2026 05:03:00 +0000"
