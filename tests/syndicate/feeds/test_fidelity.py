"""Whatever text comes: what ingest takes is read back unchanged, and nothing breaks a feed."""

import json
from datetime import timedelta
from html import escape
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas.article import Article, Media
from services.common.given import read
from services.common.problems import Problem
from services.ingest.lifecycle import article_of, event_of, first_state, next_state
from services.ingest.submission import Change, draft
from services.syndicate.feeds.attachments import Attachment
from services.syndicate.feeds.binding import bind, cut
from services.syndicate.feeds.entry import Category, Entry, entry_of
from services.syndicate.rendering.fragments import Fragments
from tests.factories import NOON, TRACE, article
from tests.syndicate.reading import NAMESPACES, SITE, bodies, found, texts

BEFORE, AFTER = article(headline="Tin trước"), article(headline="Tin sau")

# What closes or opens something somewhere, and what looks like it had been escaped before.
MARKS = st.sampled_from(
    [
        *("]]>", "<![CDATA[", "<script>", "<!--", "-->", "&amp;lt;", "&#0;", "&nbsp;", "\\u0000"),
        *("</item></channel></rss>", "</entry>", '"}],"items":[', "\r\n", "\t", "\x7f", "\x85"),
        *("\u2028", "\u202e", "\u200f", "\ufeff", "e\u0323\u0302", "\U0001f6a2", "\U00020bb7", "ệ"),
    ]
)
TEXT = st.lists(MARKS | st.text(st.characters(exclude_categories=["Cs"])), max_size=4).map("".join)
ANYTHING = st.text(st.characters())  # lone surrogates and control characters too


def submitted(**fields: Any) -> Article:
    """Hand an article in, as far as Kafka. Raises Problem where ingest refuses it."""
    change = read(json.dumps(fields).encode(), Change)
    given = draft(change)
    state = next_state(first_state(given, "HQHP", NOON), change, trusted=True, now=NOON)
    media = [Media(**each.model_dump(exclude={"id"})) for each in change.media]
    event = event_of(article_of(state, given, media), TRACE)
    return type(event).model_validate_json(event.to_bytes()).article


def check(odd: Article) -> None:
    """Read `odd` back from between two others, in every format."""
    made = bodies(BEFORE, odd, AFTER)
    _, item, _ = found(etree.fromstring(made["rss"])[0], "item")
    _, entry, _ = found(etree.fromstring(made["atom"]), "a:entry")
    _, said, _ = json.loads(made["json"])["items"]
    lead = escape(odd.lead, quote=False)
    terms = [odd.usage_terms] if odd.usage_terms else []
    people = odd.byline or ["Chi cục Hải quan khu vực III"]

    assert item.findtext("title") == entry.findtext("a:title", None, NAMESPACES) == odd.headline
    assert item.findtext("description", "") == lead
    assert entry.findtext("a:summary", "", NAMESPACES) == lead
    assert texts(item, "content:encoded") == texts(entry, "a:content") == [odd.body]
    assert texts(item, "dc:creator") == texts(entry, "a:author/a:name") == people
    words = [each.get("term") for each in found(entry, "a:category[@scheme='urn:tinbai:keyword']")]
    assert words == texts(item, "category[@domain='urn:tinbai:keyword']") == odd.keywords

    assert texts(item, "dc:rights") == texts(entry, "a:rights") == terms
    captions = [media.caption for media in odd.media if media.caption]
    for place in item, entry:
        assert texts(place, "media:content/media:description") == captions
        assert texts(place, "media:content/media:credit") == captions

    assert (said["title"], said.get("summary", "")) == (odd.headline, odd.lead)
    assert said["content_html"] == odd.body
    assert [author["name"] for author in said["authors"]] == people


@settings(max_examples=60, deadline=None)
@given(headline=TEXT, lead=TEXT, body=TEXT, form=st.sampled_from(["html", "text"]), word=TEXT)
@example("Tin", "", "&#x1F6A2; a\u0300 ]]&gt;", "html", "x")
def test_what_ingest_takes_comes_out_unchanged(
    headline: str, lead: str, body: str, form: str, word: str
) -> None:
    try:
        odd = submitted(
            headline=f"Tin {headline}",
            lead=lead,
            body=f"Thân {body}",
            body_format=form,
            byline=[f"Ông {word}"],
            keywords=[f"từ {word}"],
            usage_terms=lead,
            media=[{"href": "https://cdn.example/a.jpg", "caption": word, "credit": word}],
        )
    except Problem:
        assume(False)
    check(odd)


@pytest.mark.parametrize("body", ["a" * 520_000, "\U0001f6a2" * 100_000, "&" * 100_000])
def test_the_longest_bodies_come_out_unchanged(body: str) -> None:
    check(submitted(headline="Toàn văn", body=body, body_format="text"))


def test_no_address_in_a_body_that_ingest_takes_is_relative() -> None:
    markup = '<a href="/x">a</a><a href="//y.example/">b</a><img src="z.jpg">c'
    assert "href=" not in submitted(headline="Tin", body=markup).body
    assert "src=" not in submitted(headline="Tin", body=markup).body


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXT | ANYTHING, min_size=11, max_size=11))
@example(["\ufffe"] * 11)
@example(["\uffff"] * 11)
@example(["\ud83d"] * 11)
@example(["\x00"] * 11)
def test_no_text_at_all_breaks_a_feed(anything: list[str]) -> None:
    title, link, summary, content, language, author, guest, label, url, caption, rights = anything
    odd = Entry(
        id=UUID(int=1),
        version=1,
        title=title,
        link=link,
        summary=summary,
        content=content,
        language=language,
        unit=Category("urn:tinbai:unit", label, label),
        authors=(author,),
        published=NOON,
        updated=NOON + timedelta(seconds=1),
        contributors=(guest,),
        categories=(Category("urn:tinbai:keyword", label, label),),
        attachments=(Attachment(url, url, caption=caption, credit=caption),),
        rights=rights,
        genre="podcast",
    )
    others = [cut(entry_of(each, {}, SITE), SITE) for each in (BEFORE, AFTER)]
    try:
        fragments = [others[0], cut(odd, SITE), others[1]]
    except ValueError:  # in the service, the feed goes on without it
        return
    made = {each.path[-4:]: each.body for each in bind("latest", "Tin mới", fragments, SITE)}
    titles = texts(etree.fromstring(made[".rss"]), "channel/item/title")
    assert (titles[0], titles[-1]) == (BEFORE.headline, AFTER.headline)
    titles = texts(etree.fromstring(made["atom"]), "a:entry/a:title")
    assert (titles[0], titles[-1]) == (BEFORE.headline, AFTER.headline)
    assert [item.get("title", "") for item in json.loads(made["json"])["items"]][1] == title


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud83d", "\\ufffe", "\\u0008"])
def test_a_record_that_slipped_past_ingest_leaves_the_feed_alone(bad: str) -> None:
    good = article()
    slipped = good.model_dump_json().replace('"headline":"', f'"headline":"{bad}')
    stored = {good.id: good.model_dump_json().encode(), UUID(int=1): slipped.encode()}
    fragments = Fragments(SITE).of([(UUID(int=1), 1), (good.id, 1)], lambda _: stored)
    assert [good.id.urn in fragment.parts["json"].decode() for fragment in fragments] == [True]


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\ud83d", "\ufffe", "\uffff"])
def test_ingest_refuses_what_no_feed_can_carry(bad: str) -> None:
    with pytest.raises(Problem):
        submitted(headline=f"Tin {bad}", body="Thân")
