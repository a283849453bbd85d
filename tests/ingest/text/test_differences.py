"""Differences that a person can read, and that no text makes expensive."""

import time

from services.ingest.submission import Change
from services.ingest.text.differences import differences, passages


def version(**fields) -> Change:
    return Change(**{"headline": "Tin", "body": "<p>Nội dung.</p>"} | fields)


def test_what_did_not_change_is_not_listed():
    assert differences(version(), version(correction_note="Sửa.", change="minor")) == []


def test_short_fields_are_shown_before_and_after():
    changed = differences(version(keywords=["a"]), version(keywords=["a", "b"]))

    assert changed == [{"field": "keywords", "before": ["a"], "after": ["a", "b"]}]


def test_markup_alone_is_told_from_text():
    (changed,) = differences(version(), version(body="<p><b>Nội</b> dung.</p>"))

    assert (changed["passages"], changed["detail"]) == ([], "only the markup has changed")


def test_a_passage_shows_a_few_words_around_it():
    text = "một hai ba bốn năm sáu bảy tám chín mười"

    assert passages(text, text.replace("tám", "8")) == [
        {
            "before": "hai ba bốn năm sáu bảy",
            "removed": "tám",
            "added": "8",
            "after": "chín mười",
        }
    ]


def test_what_was_added_at_the_end_or_taken_from_the_beginning_is_found():
    assert passages("a b", "a b c")[0]["added"] == "c"
    assert passages("a b", "b")[0]["removed"] == "a"
    assert passages("", "a")[0]["added"] == "a"


def test_changes_side_by_side_are_one_passage():
    (passage,) = passages("a b c d e f g", "a X c Y e f g")

    assert (passage["removed"], passage["added"]) == ("b c d", "X c Y")


def test_in_a_long_text_a_changed_sentence_is_found():
    sentences = [f"Câu thứ {n} có nội dung riêng." for n in range(800)]
    other = [*sentences]
    other[3], other[700] = "Câu đầu đã đổi.", "Câu cuối đã đổi."

    found = passages(" ".join(sentences), " ".join(other))

    assert [passage["added"] for passage in found] == ["đầu đã đổi.", "Câu cuối đã đổi."]


def test_half_a_megabyte_that_shares_little_takes_no_long_time():
    words = 512 * 1024 // 5
    old = " ".join(f"{n % 997:04d}" for n in range(words))
    new = " ".join(f"{n * 7 % 991:04d}" for n in range(words))
    short = "x", "y"
    begun = time.process_time()

    for texts in ((old, new), (old[:4900], new[:4900]), short):
        assert passages(*texts)

    assert time.process_time() - begun < 5
