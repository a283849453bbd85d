"""Folding: what is typed without marks finds what has them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.text import fold, folded_words


@pytest.mark.parametrize(
    "typed", ["Xây dựng", "XÂY DỰNG", "xay dung", unicodedata.normalize("NFD", "Xây dựng")]
)
def test_all_forms_of_a_word_fold_to_one(typed):
    assert fold(typed) == "xay dung"


def test_d_with_a_stroke_is_a_d():
    assert fold("Đà Nẵng, đường") == "da nang, duong"


def test_a_misplaced_tone_mark_makes_no_difference():
    assert fold("hoà") == fold("hòa")


@given(st.text(st.characters(max_codepoint=0x1EFF)))
def test_a_text_folds_alike_alone_and_beside_another_script(text):
    assert folded_words(f"{text} 海關") == [*folded_words(text), "海關"]


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert folded_words(fold(text)) == folded_words(text)
