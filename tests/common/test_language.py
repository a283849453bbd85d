"""Which language a caller is answered in."""

import pytest
from pydantic import TypeAdapter

from services.common.language import preferred, speaking
from services.common.problems import FieldError, Problem
from services.common.said import Said, said
from services.common.translation import translated


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("vi", "vi"),
        ("VI-vn", "vi"),
        ("vi-VN,vi;q=0.9,en-US;q=0.8,en;q=0.7", "vi"),
        ("en;q=0.8, vi;q=0.9", "vi"),
        ("en, vi;q=0.999", "en"),
        ("vi, en", "vi"),
        ("en, vi", "en"),
        ("fr, de;q=0.5", "en"),
        ("fr, vi;q=0.1", "vi"),
        ("*", "en"),
        ("*, vi;q=0.5", "en"),
        ("*;q=0.1, vi", "vi"),
        ("en;q=0, *", "vi"),
        ("vi;q=0", "en"),
        ("vi;q=0, en;q=0", "en"),
        ("vi ; q=1.000", "vi"),
        ("vi;q=2, en;q=0.1", "en"),
        ("vi;q=0.1234, en;q=0.1", "en"),
        ("vietnamese please, en", "en"),
        (",,;q=1,vi", "vi"),
        ("vi;q=" + "0" * 10_000, "en"),
    ],
)
def test_the_language_that_is_wanted_most_is_spoken(header, language):
    assert preferred(header) == language


def test_a_problem_is_told_in_the_language_of_the_task_or_in_the_one_asked_for():
    blank = said("must not be blank")
    problem = Problem("invalid", errors=[FieldError("/headline", blank, "blank")])

    with speaking("vi"):
        spoken = problem.body()

    assert spoken == problem.body("vi")
    assert spoken["title"] == "Có trường chưa đúng"
    assert spoken["detail"] == "tít (/headline): không được để trống"
    assert problem.body() == {
        "type": "urn:tinbai:problem:invalid",
        "title": "Some fields are not right",
        "status": 422,
        "detail": "/headline: must not be blank",
        "errors": [{"pointer": "/headline", "detail": "must not be blank", "code": "blank"}],
    }


def test_what_stands_in_a_value_is_never_taken_for_a_placeholder():
    unknown = said("there is no column {column}", column="{column.__class__}")

    assert unknown == "there is no column {column.__class__}"
    assert translated(unknown, "vi") == "không có chuyên mục {column.__class__}"


def test_words_of_ours_that_are_filled_in_are_translated_too():
    nested = said("there is no unit {unit}", unit=said("must be text"))

    assert translated(nested, "vi") == "không có đơn vị phải là văn bản"


def test_a_sentence_that_was_stored_can_still_be_translated():
    kept = TypeAdapter(tuple[Said, ...])
    stored = kept.dump_json((said("there is no unit {unit}", unit="HQ"),))

    (sentence,) = kept.validate_json(stored)

    assert sentence == "there is no unit HQ"
    assert translated(sentence, "vi") == "không có đơn vị HQ"
