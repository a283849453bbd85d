"""The demo is what ingest takes, and may be put in again."""

import json
import re
from datetime import UTC, datetime
from unicodedata import is_normalized
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from schemas.article import Genre
from schemas.text import FORBIDDEN
from services.common.given import read
from services.ingest.app import build
from services.ingest.media.kinds import PNG
from services.ingest.media.pictures import take_picture
from services.ingest.registry.entries import GivenCampaign, GivenColumn, GivenUnit
from services.ingest.settings import IngestSettings
from services.ingest.submission import Change, GivenRetraction, Submission, draft
from stack.demo import fill
from stack.demo.addresses import layout_of, worth_opening
from stack.demo.calls import Ingest
from stack.demo.canvas import HEIGHT, WIDTH
from stack.demo.content import corrected, read_content, retraction, submission
from stack.demo.pictures import PICTURES
from stack.door import bearer
from stack.errors import StackError

CONTENT = read_content()
REGISTRY: dict[str, type[BaseModel]] = {
    "units": GivenUnit,
    "columns": GivenColumn,
    "campaigns": GivenCampaign,
}
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
SOME_ID = str(uuid4())
EXTERNAL_IDS = [article["external_id"] for article in CONTENT.articles]
ANY_IDS = dict.fromkeys(EXTERNAL_IDS, SOME_ID)
ADMIN = "the-admin-key"

each_article = pytest.mark.parametrize("article", CONTENT.articles, ids=EXTERNAL_IDS)
each_picture = pytest.mark.parametrize("name", PICTURES)


def made(article: dict) -> dict:
    return submission(article, dict.fromkeys(PICTURES, SOME_ID), ANY_IDS, NOW)


def as_json(entry: dict) -> bytes:
    return json.dumps(entry).encode()


@each_article
def test_an_article_is_a_submission_that_nothing_is_taken_out_of(article):
    assert draft(read(as_json(made(article)), Submission)).body.hints == ()


@each_article
def test_an_article_is_short(article):
    assert 80 <= len(article["body"].split()) <= 200


@each_article
def test_an_article_names_what_the_demo_brings_along(article):
    known = {
        kind: {entry.get("code") or entry["slug"] for entry in entries}
        for kind, entries in CONTENT.registry.items()
    }
    assert article["unit"] in known["units"]
    assert article["column"] in known["columns"]
    assert set(article.get("campaigns", ())) <= known["campaigns"]


@pytest.mark.parametrize("kind", REGISTRY)
def test_the_registry_is_what_ingest_takes(kind):
    for entry in CONTENT.registry[kind]:
        read(as_json(entry), REGISTRY[kind])


def test_a_correction_is_a_whole_version_with_a_note():
    for correction in CONTENT.corrections:
        given = corrected(made(CONTENT.article(correction["article"])), correction)
        change = read(as_json(given), Change)
        assert draft(change)
        assert change.correction_note


def test_a_retraction_says_why():
    for entry in CONTENT.retractions:
        assert entry["article"] in EXTERNAL_IDS
        read(as_json(retraction(entry)), GivenRetraction)


def test_every_text_can_be_carried_as_it_is():
    text = repr(CONTENT)
    assert is_normalized("NFC", text)
    assert not FORBIDDEN.search(text)


def test_external_ids_are_unique():
    assert len(set(EXTERNAL_IDS)) == len(EXTERNAL_IDS)


def test_the_demo_shows_most_of_what_an_article_can_be():
    given = [made(article) for article in CONTENT.articles]
    shown = {name for article in given for name in article}
    assert {a.get("genre", "news") for a in given} >= set(Genre) - {Genre.VIDEO, Genre.PODCAST}
    assert {a.get("language", "vi") for a in given} == {"vi", "en"}
    assert {"translation_of", "embargoed_until", "ed_note", "contact", "usage_terms"} <= shown
    assert any(a.get("urgency") == 1 for a in given)
    assert any(not item.get("syndicate", True) for a in given for item in a.get("media", ()))


def test_an_original_comes_before_its_translation():
    for place, article in enumerate(CONTENT.articles):
        if original := article.get("translation_of"):
            assert original in EXTERNAL_IDS[:place]


def test_an_embargo_ends_a_minute_from_now():
    (kept_back,) = (a for a in CONTENT.articles if "embargo_seconds" in a)
    assert made(kept_back)["embargoed_until"] == "2026-11-20T08:01:00+00:00"


@each_picture
def test_a_picture_is_one_that_ingest_takes(name, tmp_path):
    (tmp_path / "upload").write_bytes(PICTURES[name]().png())
    kept = take_picture(tmp_path / "upload", tmp_path, PNG)
    assert (kept.content_type, kept.width, kept.height) == ("image/png", WIDTH, HEIGHT)


@each_picture
def test_a_picture_is_the_same_each_time(name):
    assert PICTURES[name]().png() == PICTURES[name]().png()


def test_every_picture_is_used():
    used = {item["picture"] for a in CONTENT.articles for item in a.get("media", ())}
    assert used == set(PICTURES)


@pytest.fixture
def http(tmp_path):
    key_file = tmp_path / "admin.key"
    key_file.write_text(ADMIN)
    settings = IngestSettings(data=tmp_path, kafka_bootstrap="127.0.0.1:1", admin_key_file=key_file)
    with TestClient(build(settings), headers=bearer(ADMIN)) as client:
        yield client


def standing(http, article: str) -> tuple[int, str]:
    found = http.get(f"/v1/articles/{article}").json()
    return found["version"], found["status"]


def test_once_in_it_stands_as_it_should(http):
    ids = fill(Ingest(http), CONTENT)

    assert list(ids) == EXTERNAL_IDS
    assert standing(http, ids["vt-24-gio"]) == (2, "published")
    assert standing(http, ids["cm-giam-phi"]) == (2, "retracted")
    assert standing(http, ids["thu-ngan-sach"]) == (1, "embargoed")


def test_put_in_again_it_changes_nothing_and_says_so(http, capsys):
    first = fill(Ingest(http), CONTENT)
    before = http.get("/v1/articles?limit=200").json()
    capsys.readouterr()

    assert fill(Ingest(http), CONTENT) == first
    assert http.get("/v1/articles?limit=200").json() == before
    said = capsys.readouterr().out
    assert f"{len(EXTERNAL_IDS)} there already" in said
    assert not re.search(r"\d added", said)


def test_a_refusal_is_one_sentence(http):
    with pytest.raises(StackError, match=r"^Ingest refuses POST /v1/articles: 422 .*no unit"):
        Ingest(http).submit("NOWHERE", made(CONTENT.articles[0]))


def test_every_address_is_a_whole_one(tmp_path):
    addresses = worth_opening(layout_of(tmp_path), {name: str(UUID(int=1)) for name in ANY_IDS})
    assert all(address.startswith("http://127.0.0.1:800") for address in addresses.values())
