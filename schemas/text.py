"""Text as every feed, page and index can carry it: NFC, and only characters that XML 1.0 knows."""

import re
import sys
import unicodedata
from codecs import charmap_build, charmap_encode
from dataclasses import dataclass
from functools import cache
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

# The complement of Char in XML 1.0, section 2.2. One of these in one title breaks a whole feed.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# The same for JSON Schema, in what all dialects of regular expressions know. Without the halves of
# characters: JSON in UTF-8 holds none.
_BAD = r"\x00-\x08\x0b\x0c\x0e-\x1f\uFFFE\uFFFF"

_MARKS = 30
# Where combining marks are, roughly: the exact set takes ten times as long to look for. Neither the
# letters of Vietnamese nor its signs are in here.
_MAYBE_MARK = re.compile("[\u0300-\u1dff\u20d0-\u20ff\u2c00-\U0010ffff]")


# Nearly all texts are written in these, few enough for a byte each: what must be done with each
# character is done in a tenth of the time. None needs a check, and all are in NFC. U+0000 is no
# text's: `charmap_build` makes its fast kind of map only where that has the byte 0.
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VOWELS = {unicodedata.normalize("NFC", v + tone) for v in "aăâeêioôơuưy" for tone in _TONES}
_LETTERS = "".join(sorted(({"đ"} | _VOWELS) - set("aeiouy")))
COMMON = f"\0\t\n{bytes(range(32, 127)).decode()}“”‘’–—…•{_LETTERS}{_LETTERS.upper()}"
_NARROW = charmap_build(COMMON + "\ufffe" * (256 - len(COMMON)))


def narrow(text: str) -> bytes | None:
    """Give `text` with a byte for each character, its place in COMMON; None if it has others."""
    try:
        letters: bytes = charmap_encode(text, "strict", _NARROW)[0]
    except UnicodeEncodeError:
        return None
    return None if b"\0" in letters else letters


def check_characters(text: str) -> str:
    """Return `text` in NFC; raise on a character that no XML document can hold."""
    if narrow(text) is not None:
        return text
    if found := FORBIDDEN.search(text):
        raise PydanticCustomError(
            "forbidden_character",
            "holds the character U+{code} at position {position}, which no feed can carry",
            {"code": f"{ord(found[0]):04X}", "position": found.start()},
        )
    if text.isascii():
        return text
    if _MAYBE_MARK.search(text) and _too_many_marks().search(text):
        raise PydanticCustomError(
            "combining_marks", "holds more than {most} combining marks in a row", {"most": _MARKS}
        )
    return unicodedata.normalize("NFC", text)


@cache
def _too_many_marks() -> re.Pattern[str]:
    """Match what is not stream-safe (UAX #15, section 13): its normalisation takes for ever."""
    marks = "".join(c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.combining(c))
    return re.compile(f"[{marks}]{{{_MARKS + 1}}}")


def fold_whitespace(text: str) -> str:
    """Make one line of `text`: every run of white space becomes one space."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Form:
    """Says in JSON Schema what a validator of ours looks for."""

    pattern: str

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the pattern."""
        return handler(schema) | {"pattern": self.pattern}


_CLEAN = Form(f"^[^{_BAD}]*$")
_FILLED = Form(rf"^[^{_BAD}]*[^{_BAD}\s][^{_BAD}]*$")

Prose = Annotated[str, AfterValidator(check_characters), _CLEAN]
"""Text of many lines."""

Line = Annotated[str, AfterValidator(check_characters), AfterValidator(fold_whitespace), _CLEAN]
"""Text of one line; line breaks and tabs in it become spaces."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "must not be blank")
    return text


FilledLine = Annotated[Line, AfterValidator(_not_blank), _FILLED]
FilledProse = Annotated[Prose, AfterValidator(_not_blank), _FILLED]

CODE_FORM = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
Code = Annotated[str, StringConstraints(pattern=CODE_FORM)]
"""A code or slug that stands in addresses: a unit's, a column's, a campaign's."""

LANGUAGE_FORM = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
Language = Annotated[str, StringConstraints(pattern=LANGUAGE_FORM, max_length=35)]
"""A BCP 47 tag, by its form."""


_URL = re.compile(r"https?://[^\s/?#@<>\"\\]+([/?#][^\s<>\"\\]*)?", re.IGNORECASE)


def _http_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        if _URL.fullmatch(text) and parts.hostname and parts.port != 0:
            return text
    except ValueError:  # a port out of range, a bracket without its pair
        pass
    raise PydanticCustomError("url", "must be an http or https address")


Url = Annotated[
    str,
    AfterValidator(check_characters),
    AfterValidator(_http_url),
    Form(rf"^[hH][tT][tT][pP][sS]?://[^\s/?#@<>\"\\{_BAD}]+([/?#][^\s<>\"\\{_BAD}]*)?$"),
    Field(max_length=2000),
]
