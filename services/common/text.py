"""Vietnamese folding, in one place: what a reader types without marks finds what has them."""

import re
import unicodedata

from schemas.text import COMMON, narrow

# Marks are combining characters once decomposed; đ is a letter of its own and is not.
_MARKS = re.compile("[\u0300-\u036f]")
_D = str.maketrans("đĐ", "dd")


class _Folding(dict[int, str]):
    """For `str.translate`: each character is folded once, when it is first met. A page of text
    takes a third of the time that normalising it as a whole would."""

    def __missing__(self, code: int) -> str:
        character = chr(code).translate(_D)
        folded = _MARKS.sub("", unicodedata.normalize("NFD", character)).lower()
        self[code] = folded
        return folded


class _WordFolding(_Folding):
    """The same, with a space for whatever stands between words."""

    def __missing__(self, code: int) -> str:
        folded = super().__missing__(code)
        self[code] = "".join(c if c.isalnum() else " " for c in folded)
        return self[code]


_FOLDING = _Folding()
_WORD_FOLDING = _WordFolding()

# Of those that `narrow` knows each folds to one ASCII character.
_NARROW_FOLDING = COMMON.translate(_WORD_FOLDING).encode("ascii").ljust(256)


def fold(text: str) -> str:
    """Lower case without marks: `Hải quan` and decomposed or capital forms give `hai quan`."""
    return text.translate(_FOLDING)


def folded_words(text: str) -> list[str]:
    """Split folded text into syllables and numbers."""
    letters = narrow(text)
    if letters is None:
        return text.translate(_WORD_FOLDING).split()
    return letters.translate(_NARROW_FOLDING).decode("ascii").split()
