"""Syllables with their marks, where these decide: `bàn`, `bán` and `bạn` fold to the same."""

import re
import unicodedata
from collections.abc import Iterator

WRITTEN_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")


class _ToneLast(dict[str, str]):
    """Each word once: a language has some thousands of syllables."""

    _MOST = 50_000

    def __missing__(self, word: str) -> str:
        if len(self) >= self._MOST:
            self.clear()
        apart = unicodedata.normalize("NFD", word.lower())
        tones = "".join(_TONES.findall(apart))
        self[word] = unicodedata.normalize("NFC", _TONES.sub("", apart)) + tones
        return self[word]


_TONE_LAST = _ToneLast()


def marked(word: str) -> str:
    """Give a word in small letters with its tone at the end, so that `hoà` and `hòa` are one."""
    return _TONE_LAST[word]


def marked_words(text: str) -> list[str]:
    """Split text into syllables that keep their marks."""
    return [_TONE_LAST[word] for word in WRITTEN_WORD.findall(text)]


def with_marks(text: str) -> Iterator[str]:
    """Give those of the typed words that have marks, as `marked` gives them."""
    return (word for word in marked_words(text) if not word.isascii())
