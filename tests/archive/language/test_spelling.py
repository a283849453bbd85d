"""What a word may have been meant to be."""

import pytest

from services.archive.language.phrases import phrases_of, written
from services.archive.language.spelling import halves, slips, without_telex


@pytest.mark.parametrize("typed", ["quna", "qan", "quaan", "quam"])
def test_a_letter_swapped_missing_doubled_or_wrong_is_one_slip(typed):
    assert "quan" in slips(typed)


def test_two_slips_are_too_many_and_numbers_are_left_alone():
    assert "quan" not in slips("qnna")
    assert slips("4314") == slips("vnaccs1") == slips("a") == slips("a" * 25) == set()


def test_two_words_may_have_been_typed_as_one():
    assert ("hai", "quan") in halves("haiquan")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("haair", "hai"),
        ("quan", "quan"),
        ("dduwowngf", "duong"),
        ("xuaats", "xuat"),
        ("tuwr", "tu"),
        ("huyeenj", "huyen"),
        ("khaaur", "khau"),
        ("12", "12"),
    ],
)
def test_letters_that_tell_of_marks_are_taken_out(typed, meant):
    assert without_telex(typed) == meant


def test_a_headline_speaks_of_its_phrases_but_not_across_a_comma_or_on_small_words():
    found = {written(phrase) for phrase in phrases_of("Xuất khẩu GẠO, tăng của cá")}
    assert found == {"xuất khẩu", "khẩu gạo", "xuất khẩu gạo", "tăng của cá"}


def test_a_phrase_is_found_by_its_folded_words():
    assert phrases_of("Hải Quan") == {"2hai quan=hải quan"}
