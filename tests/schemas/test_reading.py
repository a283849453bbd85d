"""A record is an event, or there is a reason why not."""

import json
from pathlib import Path

import pytest

from schemas import generate
from schemas.reading import InvalidRecord, read_article_event, read_delivery_event

EXAMPLES = Path(generate.__file__).parent / "examples"
PUBLISHED = (EXAMPLES / "article.published.json").read_bytes()
KEY = json.loads(PUBLISHED)["key"].encode()


def changed(**changes) -> bytes:
    document = json.loads(PUBLISHED)
    document["article"] |= changes
    return json.dumps(document).encode()


def test_a_good_record_is_read():
    assert read_article_event(KEY, PUBLISHED).article.unit == "HQKV3"


def test_a_field_of_a_later_release_is_passed_over():
    assert read_article_event(KEY, changed(mood="cheerful")).article.version == 1


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (None, PUBLISHED, "no_key"),
        (KEY, b"\x00\xff not json", "not_json"),
        (KEY, b"[" * 100_000, "not_json"),
        (KEY, b"", "not_json"),
        (KEY, b"{}", "wrong_schema"),
        (KEY, b"null", "wrong_schema"),
        (KEY, changed(headline="bell \x07"), "wrong_schema"),
        (KEY, changed(updated="2026-03-02T02:15:09"), "wrong_schema"),
        (KEY, changed(pub_status="canceled"), "wrong_schema"),
        (KEY, changed(version=0), "wrong_schema"),
        (b"another:1", PUBLISHED, "key_mismatch"),
    ],
)
def test_a_bad_record_is_refused_with_a_reason(key, value, reason):
    with pytest.raises(InvalidRecord) as refused:
        read_article_event(key, value)

    assert refused.value.reason == reason


@pytest.mark.parametrize("name", ["version.shown.feeds", "version.shown.index", "delivery.changed"])
def test_what_became_of_a_version_is_read_by_its_type(name):
    value = (EXAMPLES / f"{name}.json").read_bytes()
    key = json.loads(value)["key"].encode()

    assert read_delivery_event(key, value).type == json.loads(value)["type"]
    with pytest.raises(InvalidRecord):
        read_delivery_event(KEY, PUBLISHED)


def test_the_reason_names_fields_but_never_what_stood_in_them():
    with pytest.raises(InvalidRecord) as refused:
        read_article_event(KEY, changed(headline="secret \x07"))

    assert "/article/headline" in refused.value.detail
    assert "secret" not in refused.value.detail
