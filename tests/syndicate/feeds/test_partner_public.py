"""RSS, Atom and JSON Feed as partners get them, read back: what they hold is there unchanged."""

import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings
from lxml import etree

from schemas.article import Article
from schemas.partner import Format
from services.common.problems import Problem
from services.syndicate.feeds.content import content_of
from services.syndicate.feeds.single import single
from tests.syndicate.feeds.partner_readers import PARSER, Facts, facts_of, filled, when
from tests.syndicate.feeds.test_fidelity import submitted
from tests.syndicate.feeds.test_iptc import ALL, FIELDS, TOPICS
from tests.syndicate.reading import NAMESPACES, SITE

AS_IN_PUBLIC = (Format.RSS, Format.ATOM, Format.JSON)
INSIDE = "{urn:tinbai:partner}article"
NUMBERS = {"version", "urgency"}
TIMES = {"embargoed_until", "expires"}
# Of files there are tests of their own, for feeds in public.
NOT_LOOKED_AT = {"media", "source_url", "rebuts", "notice", "stance"}


def private(found: dict[str, str]) -> Facts:
    """Read what only partners read."""
    facts: Facts = {}
    for name, text in found.items():
        if name in NUMBERS:
            facts[name] = int(text)
        elif name in TIMES:
            facts[name] = when(text)
        elif name == "campaigns":
            facts[name] = text.split(" ")
        else:
            facts[name] = text == "true" if name == "test" else text
    return facts


def read_xml(document: bytes, entry: str, names: dict[str, str]) -> Facts:
    [item] = etree.fromstring(document, PARSER).iter(entry)

    def texts(path: str) -> list[str]:
        return [each.text or "" for each in item.findall(path, NAMESPACES)]

    [inside] = item.findall(INSIDE)
    said: dict[str, Any] = {
        name: next(iter(texts(path)), None) for name, path in names.items() if name != "byline"
    }
    for kind in ("keyword", "place"):
        said[f"{kind}s"] = [
            each.get("term") or each.text
            for each in item.iter("category", f"{{{NAMESPACES['a']}}}category")
            if f"urn:tinbai:{kind}" in (each.get("domain"), each.get("scheme"))
        ]
    own = {etree.QName(each).localname: each.text or "" for each in inside}
    return {**said, "byline": texts(names["byline"]), **private(own)}


def read(format_: Format, document: bytes) -> Facts:
    """Read the only entry, by the names that the article has."""
    if format_ is Format.JSON:
        [item] = json.loads(document)["items"]
        ours = item["_tinbai"]
        return {
            "id": item["id"],
            "headline": item["title"],
            "lead": item.get("summary"),
            "body": item["content_html"],
            "language": item["language"],
            "published": when(item["date_published"]),
            "updated": when(item["date_modified"]),
            "byline": [each["name"] for each in item["authors"]],
            "usage_terms": ours.get("rights"),
            "interviewee": ours.get("interviewee"),
            **{
                f"{kind}s": [
                    each["term"]
                    for each in ours.get("categories", [])
                    if each["scheme"] == f"urn:tinbai:{kind}"
                ]
                for kind in ("keyword", "place")
            },
            **private({name: str(value) for name, value in ours["partner"].items()}),
        }
    if format_ is Format.ATOM:
        paths = {
            "id": "a:id",
            "headline": "a:title",
            "lead": "a:summary",
            "body": "a:content",
            "published": "a:published",
            "updated": "a:updated",
            "byline": "a:author/a:name",
            "usage_terms": "a:rights",
            "interviewee": "a:contributor/a:name",
        }
        facts = read_xml(document, f"{{{NAMESPACES['a']}}}entry", paths)
        return facts | {name: when(facts[name]) for name in ("published", "updated")}
    paths = {
        "id": "guid",
        "headline": "title",
        "lead": "description",
        "body": "content:encoded",
        "published": "pubDate",
        "updated": "a:updated",
        "byline": "dc:creator",
        "usage_terms": "dc:rights",
        "interviewee": "dc:contributor",
        "language": "dc:language",
    }
    facts = read_xml(document, "item", paths)
    facts["published"] = parsedate_to_datetime(facts["published"])
    return facts | {"updated": datetime.fromisoformat(facts["updated"])}


def expected(format_: Format, article: Article) -> Facts:
    facts = facts_of(article)
    wanted = {name: value for name, value in facts.items() if name not in NOT_LOOKED_AT}
    wanted["id"] = article.id.urn
    if article.canceled:  # the notice stands in place of the text; the unit is the author
        return {n: v for n, v in wanted.items() if n not in ("unit", "language")}
    wanted["body"] = content_of(article, SITE.article(article.id))
    wanted.setdefault("byline", [TOPICS[f"units/{article.unit}"]])
    for several in ("keywords", "places"):
        if several in wanted:
            wanted[several] = list(dict.fromkeys(wanted[several]))  # once is enough in a feed
    if format_ is Format.RSS:
        wanted["published"] = article.published.replace(microsecond=0)
    if format_ is Format.ATOM:
        wanted.pop("language")  # in xml:lang
    return wanted


def check(format_: Format, article: Article) -> None:
    document = single(format_, article, TOPICS, SITE).body
    said = filled(read(format_, document))
    if article.lead and format_ is not Format.JSON:
        said["lead"] = etree.fromstring(f"<a>{said['lead']}</a>").text  # which is HTML there
    wanted = expected(format_, article)
    shown = {name: value for name, value in said.items() if name in wanted}
    assert shown == wanted


@pytest.mark.parametrize("format_", AS_IN_PUBLIC)
@pytest.mark.parametrize("name", ALL)
def test_what_a_feed_holds_is_read_back(name: str, format_: Format) -> None:
    article = ALL[name]
    if "\r" in article.lead:  # HTML knows no carriage return
        article = article.model_copy(update={"lead": article.lead.replace("\r", "")})
    check(format_, article)


@settings(max_examples=40)
@given(FIELDS)
def test_whatever_ingest_takes_is_read_back(fields: Any) -> None:
    try:
        odd = submitted(**fields)
    except Problem:
        assume(False)
    assume("\r" not in odd.lead)
    for format_ in AS_IN_PUBLIC:
        check(format_, odd)
