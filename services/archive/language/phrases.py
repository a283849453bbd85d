"""What headlines speak of, in two or three syllables: suggested to who begins to type it."""

import re
from collections.abc import Iterator, Sequence

from services.archive.language.marks import WRITTEN_WORD
from services.common.text import fold

_SIZES = (2, 3)
"""In syllables. Longer ones are put together while the reader types."""
_JOINT = "="
# A phrase neither begins nor ends with one of these.
_SMALL_WORDS = (
    "và của tại cho với là các những trong đến từ ở về bị được đã đang sẽ không vào khi này đó do "
    "để một như hay hoặc nhưng mà thì ra lên theo bởi vì nếu cũng còn "
    "the of in to and a an for on at by from is are was were with as"
)
_JOINING = frozenset(_SMALL_WORDS.split())
_BREAK = re.compile(r"[^\w\s]|_")


def phrases_of(line: str) -> set[str]:
    """Give the phrases of a line, each as it is found: `2hai quan=hải quan`, by how many words it
    has and how they fold."""
    return {
        f"{size}{fold(phrase)}{_JOINT}{phrase}"
        for piece in _BREAK.split(line.lower())
        for size, phrase in _phrases(WRITTEN_WORD.findall(piece))
    }


def beginnings(begun: str) -> list[str]:
    """Give how phrases begin, as they are found, of which so much was typed, folded. After one word
    there are too many of three."""
    return [f"{size}{begun}" for size in _SIZES if " " in begun or size == _SIZES[0]]


def whole(words: Sequence[str]) -> str:
    """Give how a phrase of these folded words begins, in any spelling."""
    return f"{len(words)}{' '.join(words)}{_JOINT}"


def written(phrase: str) -> str:
    """Give what stands behind the joint: the phrase as it is written."""
    return phrase.partition(_JOINT)[2]


def _phrases(words: list[str]) -> Iterator[tuple[int, str]]:
    for size in _SIZES:
        for first in range(len(words) - size + 1):
            phrase = words[first : first + size]
            if phrase[0] not in _JOINING and phrase[-1] not in _JOINING:
                yield size, " ".join(phrase)
