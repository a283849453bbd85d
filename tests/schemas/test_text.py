"""Which characters texts may hold; looking for the others costs good texts next to nothing."""

import sys
import unicodedata

import pytest
from pydantic_core import PydanticCustomError

from schemas.text import COMMON, check_characters, narrow


def test_a_long_run_of_any_combining_mark_is_refused():
    marks = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.combining(c)]

    for mark in marks:
        with pytest.raises(PydanticCustomError):
            check_characters(f"a{mark * 31}")


def test_thirty_marks_and_long_words_of_other_scripts_pass():
    for text in ("a" + "\u0301" * 30, "ทดสอบ" * 20, "海关总署" * 20):
        assert check_characters(text) == unicodedata.normalize("NFC", text)


def test_the_common_characters_need_no_check_wherever_they_stand():
    for character in COMMON[1:]:
        text = f"a{character}b{character}"
        assert narrow(text) is not None
        assert unicodedata.normalize("NFC", text) == text
        assert check_characters(f"{text} 海關") == f"{text} 海關"


def test_a_zero_is_found_among_common_characters():
    with pytest.raises(PydanticCustomError):
        check_characters("a\0b")
