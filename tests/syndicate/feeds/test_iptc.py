"""ninjs and NewsML-G2: valid by IPTC's own schemas, and read back without a loss."""

import json
import re
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from lxml import etree
from NewsMLG2 import NewsMLG2Document
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from schemas.article import Article, Genre, Media, MediaRole, PubStatus
from schemas.partner import Format
from services.common.problems import Problem
from services.syndicate.feeds.addresses import uri_of
from services.syndicate.feeds.format import PrivateHead
from services.syndicate.feeds.partner_format import PARTNER_FORMATS
from services.syndicate.feeds.single import single
from tests.factories import NOON, article, erasure, retraction
from tests.syndicate.feeds.partner_readers import LOST, PARSER, READERS, facts_of
from tests.syndicate.feeds.test_fidelity import MARKS, TEXT, submitted
from tests.syndicate.reading import SITE
from tests.syndicate.samples import NAMES, SAMPLES

SCHEMAS = Path(__file__).parent / "iptc"
TOPICS = {**NAMES, "media_topics/kinh-te": "medtop:04000000"}
FORMATS = FormatChecker(())
IPTC = [Format.NINJS, Format.NEWSML]

EVERYTHING = article(
    version=4,
    lead="Sapo\r\nhai dòng",
    byline=["Thu Hà", "Minh Quân"],
    genre=Genre.INTERVIEW,
    column="kinh-te",
    campaigns=["vnaccs-6", "bao-so-3"],
    keywords=["vải thiều", "xuất khẩu"],
    places=["Hải Phòng"],
    urgency=2,
    embargoed_until=NOON,
    expires=datetime(2026, 9, 1, tzinfo=UTC),
    external_id="HP/2026/117",
    source_url="https://unit.example/tin/4711?a=1&b=2",
    usage_terms="Dẫn nguồn khi đăng lại.\nKhông cắt ảnh.",
    rebuts={
        "outlet": "Báo Ví Dụ",
        "title": "Lệ phí <tăng> gấp đôi & hơn",
        "url": "https://press.example/bài/123",
        "stance": "accepted",
    },
    replaces=UUID(int=7),
    translation_of=UUID(int=8),
    interviewee="Bà Trần Thị B",
    approved_by="Ông Phạm Văn D",
    ed_note="Xin không đăng trước 18 giờ",
    correction_note="Số đúng là 98 < 100.",
    change="minor",
    media=[*SAMPLES["full"].media, *SAMPLES["podcast"].media, *SAMPLES["video"].media],
    audience="partner:bao-a",
)
ALL = {
    **SAMPLES,
    "everything": EVERYTHING,
    "withheld": EVERYTHING.model_copy(update={"pub_status": PubStatus.WITHHELD}),
    "erased": erasure(UUID(int=9), 3),
    "canceled_test": retraction(UUID(int=10), audience="partner:bao-a"),
}


@FORMATS.checks("uri")  # type: ignore[untyped-decorator]
def is_uri(text: str) -> bool:
    """Look at the form only (RFC 3986, appendix A), as far as a regular expression can."""
    inside = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
    after = rf"(?:{inside}|\?)*"
    host = r"(?:\[[0-9A-Fa-f:.]+\](?::\d+)?)?"
    return bool(
        re.fullmatch(rf"[a-z][a-z0-9+.-]*:(?://{host})?{inside}*(?:\?{after})?(?:#{after})?", text)
    )


@FORMATS.checks("date-time", raises=ValueError)  # type: ignore[untyped-decorator]
def is_date_time(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


@cache
def ninjs_schema() -> Draft202012Validator:
    """Give IPTC's schema; of the one that it refers to for coordinates we write nothing."""
    ninjs = json.loads((SCHEMAS / "ninjs-schema_3.1.json").read_text())
    nothing = Resource.from_contents({"not": {}}, default_specification=DRAFT202012)
    known = Registry().with_resource("https://geojson.org/schema/GeoJSON.json", nothing)
    return Draft202012Validator(ninjs, registry=known, format_checker=FORMATS)


@cache
def newsml_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / "NewsML-G2_2.35-spec-All-Power.xsd"))


def written(format_: Format, of: Article) -> bytes:
    return single(format_, of, TOPICS, SITE).body


def check(format_: Format, document: bytes) -> None:
    """Fail where a document is not valid."""
    if format_ is Format.NINJS:
        ninjs_schema().validate(json.loads(document))
    else:
        newsml_schema().assertValid(etree.fromstring(document, PARSER))


def message(*articles: Article) -> bytes:
    writer = PARTNER_FORMATS[Format.NEWSML]
    fragments = [writer.fragment(each, TOPICS, SITE) for each in articles]
    return writer.feed(PrivateHead("bao-a", "Báo A", "vi", NOON), SITE, fragments)


@pytest.mark.parametrize("format_", IPTC)
@pytest.mark.parametrize("name", ALL)
def test_what_is_written_is_valid_and_read_back_without_a_loss(name: str, format_: Format) -> None:
    document = written(format_, ALL[name])
    check(format_, document)
    wanted = facts_of(ALL[name])
    read = READERS[format_](document)
    read.pop("notice", None) if ALL[name].erased else None
    assert read == {name: value for name, value in wanted.items() if name not in LOST[format_]}


def test_the_schemas_are_strict_enough_to_refuse_something() -> None:
    ninjs = json.loads(written(Format.NINJS, EVERYTHING))
    assert not ninjs_schema().is_valid({**ninjs, "pubStatus": "retracted"})
    assert not ninjs_schema().is_valid({**ninjs, "headline": "x"})
    xml = written(Format.NEWSML, EVERYTHING).replace(b"<urgency>2", b"<urgency>10")
    assert not newsml_schema().validate(etree.fromstring(xml))


CLEAN = st.text(st.characters(codec="utf-8", exclude_categories=["C", "M"])) | MARKS
HELD = st.builds(
    Media,
    id=st.none() | st.uuids(),
    href=st.sampled_from(
        ["https://cdn.example/a.jpg", "https://cdn.example/ảnh đẹp".replace(" ", "%20"),
         "https://cdn.example/a?x=[1]&y={2}|%zz#a#b", "http://[::1]:8080/`^.mp4"]
    ),
    content_type=st.none() | st.sampled_from(["image/png", "audio/mpeg", "video/mp4"]),
    width=st.none() | st.integers(1, 99_999),
    height=st.none() | st.integers(1, 99_999),
    duration=st.none() | st.floats(0, 1e6),
    size=st.none() | st.integers(0, 2**40),
    caption=CLEAN,
    credit=CLEAN,
    role=st.sampled_from(MediaRole),
)  # fmt: skip
CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
TIMES = st.datetimes(datetime(2100, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
FIELDS = st.fixed_dictionaries(
    {
        "headline": TEXT.map("Tin {}".format),
        "body": TEXT.map("Thân {}".format),
        "body_format": st.sampled_from(["html", "text"]),
    },
    optional={
        "lead": TEXT,
        "language": st.sampled_from(["vi", "en", "zh-Hant-TW"]),
        "byline": st.lists(TEXT.map("Ông {}".format), max_size=3),
        "column": CODES,
        "campaigns": st.lists(CODES, max_size=3),
        "keywords": st.lists(TEXT.map("từ {}".format), max_size=3),
        "places": st.lists(TEXT.map("nơi {}".format), max_size=3),
        "urgency": st.integers(1, 9),
        "expires": TIMES.map(datetime.isoformat),
        "external_id": TEXT.map("số {}".format),
        "source_url": st.sampled_from(["https://unit.example/tin", "https://u.example/bài?[x]"]),
        "usage_terms": TEXT,
        "rebuts": st.fixed_dictionaries(
            {
                "outlet": TEXT.map("Báo {}".format),
                "title": TEXT,
                "url": st.sampled_from(["https://press.example/1", "https://báo.example/%"]),
                "stance": st.sampled_from(["disputed", "accepted"]),
            }
        ),
        "interviewee": TEXT,
        "approved_by": TEXT,
        "ed_note": TEXT,
        "correction_note": TEXT,
        "change": st.sampled_from(["minor", "major"]),
        "replaces": st.uuids().map(str),
        "translation_of": st.uuids().map(str),
    },
)


@settings(max_examples=60)
@given(FIELDS, st.lists(HELD, max_size=3))
def test_whatever_ingest_takes_is_valid_and_read_back(fields: Any, media: list[Media]) -> None:
    try:
        odd = submitted(**fields).model_copy(update={"media": media})
    except Problem:
        assume(False)
    for format_ in IPTC:
        document = written(format_, odd)
        check(format_, document)
        wanted = facts_of(odd)
        assert READERS[format_](document) == {
            name: value for name, value in wanted.items() if name not in LOST[format_]
        }


@given(st.text(st.characters(codec="utf-8", exclude_characters='\\"<>@ \t\r\n\x0b\x0c\x1c')))
def test_every_address_becomes_a_uri_and_a_uri_stays_as_it_is(rest: str) -> None:
    uri = uri_of(f"https://bao.example/{rest}")
    assert uri.isascii()
    assert not set(uri) & set(' "<>\\^`{|}')
    assert uri.count("#") <= 1
    assert uri_of(uri) == uri


@pytest.mark.parametrize("format_", IPTC)
def test_of_what_was_taken_back_nothing_of_the_old_text_is_left(format_: Format) -> None:
    gone = retraction(EVERYTHING.id, column="kinh-te", campaigns=["vnaccs-6"], urgency=2)
    for each in (gone, erasure(EVERYTHING.id)):
        said = written(format_, each).decode()
        assert "kinh-te" not in said
        assert "canceled" in said
    assert "nội bộ" in json.dumps(READERS[format_](written(format_, gone)), default=str,
                                  ensure_ascii=False)  # fmt: skip


@pytest.mark.parametrize("format_", PARTNER_FORMATS)
def test_a_picture_that_may_not_be_passed_on_is_in_no_format(format_: Format) -> None:
    withheld = SAMPLES["withheld_picture"]
    said = written(format_, withheld).decode()
    hidden, shown = withheld.media
    assert str(hidden.id) not in said
    assert "hãng tin" not in said
    assert str(shown.id) in said


def test_a_column_is_a_subject_with_its_media_topic() -> None:
    subjects = json.loads(written(Format.NINJS, EVERYTHING))["subjects"]
    assert subjects[:3] == [
        {
            "name": "Kinh tế & hội nhập",
            "rel": "column",
            "uri": "urn:tinbai:column:kinh-te",
            "literal": "kinh-te",
        },
        {
            "rel": "mediatopic",
            "uri": "http://cv.iptc.org/newscodes/mediatopic/04000000",
            "literal": "medtop:04000000",
        },
        {
            "name": "Vận hành VNACCS 6",
            "rel": "campaign",
            "uri": "urn:tinbai:campaign:vnaccs-6",
            "literal": "vnaccs-6",
        },
    ]


def test_a_message_of_newsml_is_valid_also_when_there_is_nothing_in_it() -> None:
    for articles in ((), tuple(ALL.values())):
        check(Format.NEWSML, message(*articles))


def test_xmllint_says_so_too(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.xml" for name in ("message", "empty", "canceled", "usable")]
    documents = (
        message(*(each for name, each in ALL.items() if name != "long")),
        message(),
        written(Format.NEWSML, ALL["retracted"]),
        written(Format.NEWSML, EVERYTHING),
    )
    for file, document in zip(files, documents, strict=True):
        file.write_bytes(document)
    schema = SCHEMAS / "NewsML-G2_2.35-spec-All-Power.xsd"
    command = ["xmllint", "--nonet", "--noout", "--schema", str(schema), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(" validates") == len(files)


def test_newsmlg2_reads_an_item() -> None:
    item = NewsMLG2Document(written(Format.NEWSML, EVERYTHING)).get_item()
    assert item.guid == EVERYTHING.id.urn
    assert item.version == "4"
    assert item.itemmeta.pubstatus.qcode == "stat:usable"
    assert str(item.contentmeta.headline) == EVERYTHING.headline
    assert [each.qcode for each in item.contentmeta.subject][:2] == [
        "tinbai:column:kinh-te",
        "medtop:04000000",
    ]
    assert str(item.contentset.inlinedata) == EVERYTHING.body


def test_newsmlg2_reads_what_was_taken_back_and_a_whole_message() -> None:
    gone = NewsMLG2Document(written(Format.NEWSML, SAMPLES["retracted"])).get_item()
    assert gone.itemmeta.pubstatus.qcode == "stat:canceled"
    whole = message(EVERYTHING, SAMPLES["retracted"])
    assert str(NewsMLG2Document(whole).get_item().header.sent) == "2026-03-02T05:00:00+00:00"
    # It does not look into the item set of a message.
    items = list(etree.fromstring(whole).iter("{http://iptc.org/std/nar/2006-10-01/}newsItem"))
    read = [NewsMLG2Document(etree.tostring(each)).get_item() for each in items]
    assert [each.guid for each in read] == [EVERYTHING.id.urn, SAMPLES["retracted"].id.urn]
