"""What a word may have been meant to be: one slip of the finger away, two words without the space
between them, or typed as if an input method turned it into Vietnamese.

Candidates only, as in Norvig, "How to Write a Spelling Corrector" (2007): which of them are words,
and which is likely, the texts say.
"""

import re

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LONGEST = 24
_SYLLABLE = re.compile("([b-df-hj-np-tv-xz]*)([aeiouyw][a-z]*)")
_DOUBLED = re.compile("([aeo])\\1")
_TONES = re.compile("[sfrxj]")


def slips(word: str) -> set[str]:
    """Give all folded words that are a letter away: one missing, too many, another, or swapped."""
    if not _can_be_corrected(word):
        return set()
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {a + b[1:] for a, b in splits if b}
    found |= {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    found |= {a + c + b[1:] for a, b in splits if b for c in _LETTERS}
    found |= {a + c + b for a, b in splits for c in _LETTERS}
    return found - {word}


def halves(word: str) -> set[tuple[str, str]]:
    """Give all ways to part a word in two."""
    if not _can_be_corrected(word):
        return set()
    return {(word[:at], word[at:]) for at in range(1, len(word))}


def without_telex(word: str) -> str:
    """Take out the letters by which Telex is told of marks: `dduwowngf` gives `duong`."""
    syllable = _SYLLABLE.fullmatch(word)
    if not syllable:
        return word
    onset, rest = syllable.groups()
    # No Vietnamese syllable ends on one of these.
    rest = _DOUBLED.sub(r"\1", _TONES.sub("", rest))
    rest = ("u" if rest.startswith("w") else "") + rest.replace("w", "")
    return onset.replace("dd", "d") + rest


def _can_be_corrected(word: str) -> bool:
    return word.isascii() and word.isalpha() and 1 < len(word) <= _LONGEST
