"""What a partner's program reads from each format, by the names that the article has; nothing that
is empty. Written by the documentation of the formats, not by the code that writes them."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from lxml import etree

from schemas.article import Article
from services.syndicate.feeds.addresses import uri_of
from services.syndicate.feeds.attachments import files_of
from services.syndicate.feeds.content import without_withheld
from tests.syndicate.reading import SITE

NAR = {"n": "http://iptc.org/std/nar/2006-10-01/"}
PARSER = etree.XMLParser(huge_tree=True)
Facts = dict[str, Any]


def filled(facts: Facts) -> Facts:
    """Leave out what is nothing."""
    return {name: value for name, value in facts.items() if value not in (None, "", [], ())}


def facts_of(article: Article) -> Facts:
    """Give what there is to be read of an article."""
    told = article.retraction
    link = SITE.article(article.id)
    plain = {
        "id": str(article.id),
        "version": article.version,
        "pub_status": article.pub_status.value,
        "test": not article.public or None,
        "unit": article.unit,
        "language": article.language,
        "published": article.published,
        "updated": article.updated,
    }
    if article.canceled:
        return filled(
            {
                **plain,
                "reason": told and told.reason,
                "notice": told and told.notice,
                "erased": article.erased and article.erased.reason_code,
            }
        )
    return filled(
        {
            **plain,
            "headline": article.headline,
            "lead": article.lead,
            "body": without_withheld(article, link),
            "byline": [name for name in article.byline if name],
            "genre": article.genre.value,
            "column": article.column,
            "campaigns": article.campaigns,
            "keywords": [word for word in article.keywords if word],
            "places": [place for place in article.places if place],
            "urgency": article.urgency,
            "embargoed_until": article.embargoed_until,
            "expires": article.expires,
            "external_id": article.external_id,
            "source_url": article.source_url and uri_of(article.source_url),
            "usage_terms": article.usage_terms,
            "interviewee": article.interviewee,
            "approved_by": article.approved_by,
            "ed_note": article.ed_note,
            "correction_note": article.correction_note,
            "change": article.change,
            "translation_of": article.translation_of and str(article.translation_of),
            "replaces": article.replaces and str(article.replaces),
            "rebuts": article.rebuts
            and filled(article.rebuts.model_dump() | {"url": uri_of(article.rebuts.url)}),
            "media": [
                filled(
                    {
                        "id": file.id and str(file.id),
                        "href": uri_of(file.url),
                        "content_type": file.content_type,
                        "size": file.size,
                        "width": file.width,
                        "height": file.height,
                        "duration": file.duration,
                        "caption": file.caption,
                        "credit": file.credit,
                        "role": file.role.value,
                        "renditions": [each.model_dump() for each in file.renditions],
                    }
                )
                for file in files_of(article)
            ],
        }
    )


def when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def uuid_in(urn: str) -> str | None:
    return urn.removeprefix("urn:uuid:") if urn.startswith("urn:uuid:") else None


def read_ninjs(document: bytes) -> Facts:
    """Read an item of ninjs."""
    item = json.loads(document)

    def first(place: str, key: str, role: str, found: str = "value") -> Any:
        return next((each[found] for each in item.get(place, []) if each.get(key) == role), None)

    def names(place: str, rel: str | None) -> list[str]:
        return [each["name"] for each in item.get(place, []) if each.get("rel") == rel]

    def codes(rel: str) -> list[str]:
        return [each["literal"] for each in item.get("subjects", []) if each["rel"] == rel]

    def association(rel: str) -> Any:
        return next((a for a in item.get("associations", []) if a["rel"].startswith(rel)), None)

    gone = item["pubStatus"] == "canceled"
    press = association("rebuts:")
    roles = ("main", "body", "gallery", "thumbnail")
    files = [each for each in item.get("associations", []) if each["rel"] in roles]
    return filled(
        {
            "id": uuid_in(item["uri"]),
            "version": int(item["version"]),
            "pub_status": item["pubStatus"],
            "test": item["profile"].endswith("-test") or None,
            "unit": first("infoSources", "role", "provider", "literal"),
            "language": item["language"],
            "published": when(item["firstCreated"]),
            "updated": when(item["versionCreated"]),
            "notice": first("descriptions", "role", "notice"),
            "reason": item.get("edNote") if gone else None,
            "erased": first("altIds", "role", "erasure"),
            "headline": None if gone else first("headlines", "role", "main"),
            "lead": first("descriptions", "role", "summary"),
            "body": first("bodies", "contentType", "text/html"),
            "byline": names("people", "author"),
            "genre": item["genres"][0]["literal"] if "genres" in item else None,
            "column": next(iter(codes("column")), None),
            "campaigns": codes("campaign"),
            "keywords": names("subjects", "keyword"),
            "places": names("places", None),
            "urgency": item.get("urgency"),
            "embargoed_until": when(item.get("embargoedUntil")),
            "expires": when(item.get("expires")),
            "external_id": first("altIds", "role", "external_id"),
            "source_url": (association("source") or {}).get("uri"),
            "usage_terms": item.get("usageTerms"),
            "interviewee": next(iter(names("people", "interviewee")), None),
            "approved_by": next(iter(names("people", "approver")), None),
            "ed_note": None if gone else item.get("edNote"),
            "correction_note": first("descriptions", "role", "correction"),
            "translation_of": uuid_in((association("translation_of") or {}).get("uri", "")),
            "replaces": uuid_in((association("replaces") or {}).get("uri", "")),
            "rebuts": press
            and filled(
                {
                    "outlet": press["infoSources"][0]["name"],
                    "title": press["headlines"][0]["value"],
                    "url": press["uri"],
                    "stance": press["rel"].removeprefix("rebuts:"),
                }
            ),
            "media": [_ninjs_file(each) for each in files],
        }
    )


def _ninjs_file(association: Any) -> Facts:
    whole, *smaller = association["renditions"]
    return filled(
        {
            "id": uuid_in(association["uri"]),
            "href": whole["href"],
            "content_type": whole["contentType"],
            "size": whole.get("sizeInBytes"),
            "width": whole.get("width"),
            "height": whole.get("height"),
            "duration": whole.get("duration"),
            "caption": next((each["value"] for each in association.get("descriptions", [])), None),
            "credit": association.get("by"),
            "role": association["rel"],
            "renditions": [
                {
                    "href": each["href"],
                    "width": each["width"],
                    "height": each["height"],
                    "content_type": each["contentType"],
                    "size": each["sizeInBytes"],
                }
                for each in smaller
            ],
        }
    )


def read_newsml(document: bytes) -> Facts:
    """Read a newsItem."""
    item = etree.fromstring(document, PARSER)

    def texts(path: str, place: etree._Element = item) -> list[str]:
        return [each.text or "" for each in place.findall(path, NAR)]

    def text(path: str, place: etree._Element = item) -> str | None:
        return next(iter(texts(path, place)), None)

    def qcodes(path: str, alias: str, place: etree._Element = item) -> list[str]:
        found = (each.get("qcode", "") for each in place.findall(path, NAR))
        return [code.removeprefix(alias) for code in found if code.startswith(alias)]

    def code(path: str, alias: str) -> str | None:
        return next(iter(qcodes(path, alias)), None)

    def link(rel: str) -> Any:
        return item.find(f"n:itemMeta/n:link[@rel='tinbai:rel:{rel}']", NAR)

    def file(found: etree._Element) -> Facts:
        whole, *smaller = found.findall("n:contentSet/n:remoteContent", NAR)
        return filled(
            {
                "id": uuid_in(found.get("residref", "")),
                **remote(whole),
                "duration": float(whole.get("duration", "nan"))
                if "duration" in whole.attrib
                else None,
                "caption": text("n:description[@role='drol:caption']", found),
                "credit": text("n:creditline", found),
                "role": found.get("rel", "").removeprefix("tinbai:media:"),
                "renditions": [remote(each) for each in smaller],
            }
        )

    def remote(found: etree._Element) -> Facts:
        sizes = {name: found.get(name) for name in ("size", "width", "height")}
        return {
            "href": found.get("href"),
            "content_type": found.get("contenttype"),
            **{name: int(value) for name, value in sizes.items() if value is not None},
        }

    gone = code("n:itemMeta/n:pubStatus", "stat:") == "canceled"
    links = item.findall("n:itemMeta/n:link", NAR)
    stances = [link(stance) for stance in ("disputed", "accepted")]
    press = next((each for each in stances if each is not None), None)
    translated, replaced, source = link("translation_of"), link("replaces"), link("source")
    urgency = text("n:contentMeta/n:urgency")
    meta, content = "n:itemMeta", "n:contentMeta"
    return filled(
        {
            "id": uuid_in(item.get("guid", "")),
            "version": int(item.get("version", "0")),
            "pub_status": code(f"{meta}/n:pubStatus", "stat:"),
            "test": (text(f"{meta}/n:profile") or "").endswith("-test") or None,
            "unit": code(f"{meta}/n:provider", "tinbai:unit:"),
            "language": item.get("{http://www.w3.org/XML/1998/namespace}lang"),
            "published": when(text(f"{meta}/n:firstCreated")),
            "updated": when(text(f"{meta}/n:versionCreated")),
            "notice": text(f"{content}/n:description[@role='tinbai:role:notice']"),
            "reason": text(f"{meta}/n:edNote") if gone else None,
            "erased": code(f"{meta}/n:signal", "tinbai:erasure:"),
            "headline": None if gone else text(f"{content}/n:headline"),
            "lead": text(f"{content}/n:description[@role='drol:summary']"),
            "body": text("n:contentSet/n:inlineData[@contenttype='text/html']"),
            "byline": texts(f"{content}/n:creator/n:name"),
            "genre": code(f"{content}/n:genre", "tinbai:genre:"),
            "column": code(f"{content}/n:subject", "tinbai:column:"),
            "campaigns": qcodes(f"{content}/n:subject", "tinbai:campaign:"),
            "keywords": texts(f"{content}/n:keyword"),
            "places": texts(f"{content}/n:subject[@type='cpnat:geoArea']/n:name"),
            "urgency": urgency and int(urgency),
            "embargoed_until": when(text(f"{meta}/n:embargoed")),
            "expires": when(text(f"{meta}/n:expires")),
            "external_id": text(f"{content}/n:altId[@type='tinbai:id:external']"),
            "source_url": None if source is None else source.get("href"),
            "usage_terms": text("n:rightsInfo/n:usageTerms"),
            "interviewee": text(f"{content}/n:contributor[@role='tinbai:role:interviewee']/n:name"),
            "approved_by": text(f"{content}/n:contributor[@role='tinbai:role:approver']/n:name"),
            "ed_note": None if gone else text(f"{meta}/n:edNote"),
            "correction_note": text(f"{content}/n:description[@role='tinbai:role:correction']"),
            "change": code(f"{meta}/n:signal", "tinbai:change:"),
            "translation_of": None if translated is None else uuid_in(translated.get("residref")),
            "replaces": None if replaced is None else uuid_in(replaced.get("residref")),
            "rebuts": None
            if press is None
            else filled(
                {
                    "outlet": text("n:provider/n:name", press),
                    "title": text("n:headline", press),
                    "url": press.get("href"),
                    "stance": press.get("rel").removeprefix("tinbai:rel:"),
                }
            ),
            "media": [
                file(each) for each in links if each.get("rel", "").startswith("tinbai:media:")
            ],
        }
    )


READERS: dict[str, Callable[[bytes], Facts]] = {"ninjs": read_ninjs, "newsml": read_newsml}
# What a format has no place for: docs/partner-formats.md says so too.
LOST = {"ninjs": {"change"}, "newsml": set[str]()}
