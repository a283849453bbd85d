"""Vietnamese folding, in one place: what a reader types without marks finds what has them."""

import re
import unicodedata

# Marks are combining characters once decomposed; đ is a letter of its own and is not.
_MARKS = re.compile("[\u0300-\u036f]")
_D = str.maketrans("đĐ", "dd")
_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Lower case without marks: `Hải quan` and decomposed or capital forms give `hai quan`."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text.translate(_D))).lower()


def folded_words(text: str) -> list[str]:
    """Split folded text into syllables and numbers."""
    return _WORD.findall(fold(text))
