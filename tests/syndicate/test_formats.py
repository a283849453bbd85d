import json
from datetime import timedelta
from typing import Any

import feedparser
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from schemas.article import Article
from schemas.text import FORBIDDEN
from services.common.ids import new_id
from services.syndicate.feeds.binding import bind, cut
from services.syndicate.feeds.entry import entry_of
from services.syndicate.feeds.site import Site
from tests.factories import NOON, article, retraction

SITE = Site("https://feeds.example", "https://paper.example")
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"

FULL = article(
    lead="Sapo có < và &",
    byline=["An", "Bình"],
    column="kt",
    keywords=["thuế"],
    usage_terms="© Báo Hải quan",
    media=[
        {"href": "https://paper.example/media/1", "content_type": "image/jpeg", "size": 10,
         "width": 640, "height": 480, "caption": "Cảng", "credit": "Ảnh: An"},
        {"href": "https://paper.example/b.mp4", "duration": 61.4},
    ],
)  # fmt: skip


def bodies(*articles: Article, name: str = "latest", title: str = "Tin mới") -> dict[str, bytes]:
    fragments = [cut(entry_of(each, {}, SITE), SITE) for each in articles]
    return {d.path.rpartition(".")[2]: d.body for d in bind(name, title, fragments, SITE)}


def test_rss_and_atom_readers_find_the_same() -> None:
    made = bodies(FULL, article(), retraction(new_id()))
    rss, atom = feedparser.parse(made["rss"]), feedparser.parse(made["atom"])
    assert not rss.bozo
    assert not atom.bozo
    assert rss.version == "rss20"
    assert atom.version == "atom10"

    def found(entry: Any) -> dict[str, Any]:
        return {
            "id": entry.id,
            "link": entry.link,
            "title": entry.title,
            "summary": entry.get("summary"),
            "content": [content.value for content in entry.get("content", [])],
            "enclosures": [(e.href, e.type, e.length) for e in entry.enclosures],
            "authors": [author.name for author in entry.authors],
            "published": entry.published_parsed,
            "updated": entry.updated_parsed,
            "tags": [(tag.scheme, tag.label or tag.term) for tag in entry.get("tags", [])],
            "media": [m["url"] for m in entry.get("media_content", [])],
            "rights": entry.get("rights"),
        }

    assert [found(entry) for entry in rss.entries] == [found(entry) for entry in atom.entries]
    assert rss.feed.title == atom.feed.title == "Tin mới"
    assert rss.feed.link == atom.feed.link == "https://paper.example/"


def test_rss_says_what_feedgen_alone_would_not() -> None:
    channel = etree.fromstring(bodies(FULL)["rss"])[0]
    item = channel.find("item")
    assert item is not None
    guid = item.find("guid")
    assert guid is not None
    assert (guid.text, guid.get("isPermaLink")) == (f"urn:uuid:{FULL.id}", "false")
    assert item.findtext("link") == f"https://paper.example/articles/{FULL.id}"
    assert {link.get("rel"): link.get("href") for link in channel.findall(f"{ATOM}link")} == {
        "self": "https://feeds.example/feeds/latest.rss",
    }
    assert [e.get("length") for e in item.findall("enclosure")] == ["10", "0"]
    assert item.findtext("description") == "Sapo có &lt; và &amp;"
    assert item.findtext(f"{CONTENT}encoded") == FULL.body
    assert item.find("author") is None


def test_text_without_a_lead_is_content_in_rss_too() -> None:
    item = etree.fromstring(bodies(article())["rss"])[0].find("item")
    assert item is not None
    assert item.find("description") is None
    assert item.findtext(f"{CONTENT}encoded") == article().body


def test_atom_carries_a_tombstone_from_just_before_the_notice() -> None:
    gone = retraction(new_id(), updated=NOON + timedelta(hours=1))
    feed = etree.fromstring(bodies(article(), gone)["atom"])
    [tombstone] = feed.findall(TOMBSTONE)
    assert tombstone.get("ref") == f"urn:uuid:{gone.id}"
    assert tombstone.get("when") == "2026-03-02T05:59:59.999000+00:00"
    assert feed.findall(f"{ATOM}entry")[1].findtext(f"{ATOM}updated") == "2026-03-02T06:00:00+00:00"


def test_json_feed_has_the_fields_of_version_1_1() -> None:
    feed = json.loads(bodies(FULL, retraction(new_id()))["json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://feeds.example/feeds/latest.json"
    full, gone = feed["items"]
    assert full["id"] == f"urn:uuid:{FULL.id}"
    assert full["summary"] == FULL.lead
    assert full["content_html"] == FULL.body
    assert full["image"] == "https://paper.example/media/1"
    assert full["attachments"][1] == {
        "url": "https://paper.example/b.mp4",
        "mime_type": "video/mp4",
        "duration_in_seconds": 61.4,
    }
    assert gone["_tinbai"] == {"version": 2, "status": "retracted"}


def test_an_empty_feed_is_a_valid_feed() -> None:
    made = bodies(title="Hải quan Cà Mau", name="units/HQCM")
    for extension in ("rss", "atom"):
        parsed = feedparser.parse(made[extension])
        assert not parsed.bozo
        assert parsed.feed.title == "Hải quan Cà Mau"
        assert parsed.entries == []
    assert json.loads(made["json"])["items"] == []


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


def test_a_feed_is_as_new_as_its_newest_change() -> None:
    corrected = article(version=2, updated=NOON + timedelta(minutes=3), correction_note="Sửa")
    atom = etree.fromstring(bodies(article(), corrected)["atom"])
    assert atom.findtext(f"{ATOM}updated") == "2026-03-02T05:03:00+00:00"


TEXT = st.text(
    st.characters(exclude_categories=["Cs"]).filter(lambda c: not FORBIDDEN.search(c)), min_size=1
)
HOSTILE = TEXT | st.sampled_from(
    ["]]>", "<script>", "&amp;lt;", "</item></channel></rss>", "</entry>", '"}],"items":[', "\r\n"]
)


@given(headline=HOSTILE, lead=HOSTILE, body=HOSTILE, word=HOSTILE)
def test_whatever_the_contract_lets_through_comes_out_unchanged(
    headline: str, lead: str, body: str, word: str
) -> None:
    odd = article(headline=f"Tin {headline}", lead=lead, body=body, byline=[word], keywords=[word])
    made = bodies(article(), odd, article())

    item = etree.fromstring(made["rss"])[0].findall("item")[1]
    assert item.findtext("title") == odd.headline
    assert item.findtext(f"{CONTENT}encoded") == odd.body
    entry = etree.fromstring(made["atom"]).findall(f"{ATOM}entry")[1]
    assert entry.findtext(f"{ATOM}title") == odd.headline
    assert entry.findtext(f"{ATOM}content") == odd.body
    said = json.loads(made["json"])["items"][1]
    assert (said["title"], said["content_html"]) == (odd.headline, odd.body)
    assert said.get("summary", "") == odd.lead
