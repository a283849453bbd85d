"""Text as every feed, page and index can carry it: NFC, and only characters that XML 1.0 knows."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

# The complement of Char in XML 1.0, section 2.2. One of these in one title breaks a whole feed.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def check_characters(text: str) -> str:
    """Return `text` in NFC; raise on a character that no XML document can hold."""
    if found := FORBIDDEN.search(text):
        raise PydanticCustomError(
            "forbidden_character",
            "holds the character U+{code} at position {position}, which no feed can carry",
            {"code": f"{ord(found[0]):04X}", "position": found.start()},
        )
    return unicodedata.normalize("NFC", text)


def fold_whitespace(text: str) -> str:
    """Make one line of `text`: every run of white space becomes one space."""
    return " ".join(text.split())


Prose = Annotated[str, AfterValidator(check_characters)]
"""Text of many lines."""

Line = Annotated[str, AfterValidator(check_characters), AfterValidator(fold_whitespace)]
"""Text of one line; line breaks and tabs in it become spaces."""


def _not_blank(text: str) -> str:
    if not text:
        raise PydanticCustomError("blank", "must not be blank")
    return text


FilledLine = Annotated[Line, AfterValidator(_not_blank)]

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""A code or slug that stands in addresses: a unit's, a column's, a campaign's."""

Language = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)
]
"""A BCP 47 tag, by its form."""


def _http_url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@<>\"\\]+([/?#][^\s<>\"\\]*)?", text, re.IGNORECASE):
        raise PydanticCustomError("url", "must be an http or https address")
    return text


Url = Annotated[
    str,
    StringConstraints(max_length=2000),
    AfterValidator(check_characters),
    AfterValidator(_http_url),
]
