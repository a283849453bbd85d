"""Runs of combining marks are refused wherever Unicode has them, and cost other text nothing."""

import sys
import unicodedata

import pytest
from pydantic_core import PydanticCustomError

from schemas.text import check_characters


def test_a_long_run_of_any_combining_mark_is_refused():
    marks = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.combining(c)]

    for mark in marks:
        with pytest.raises(PydanticCustomError):
            check_characters(f"a{mark * 31}")


def test_thirty_marks_and_long_words_of_other_scripts_pass():
    for text in ("a" + "\u0301" * 30, "ทดสอบ" * 20, "海关总署" * 20):
        assert check_characters(text) == unicodedata.normalize("NFC", text)
