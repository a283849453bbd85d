"""Sentences for people: in English where they are made, translated where they are answered."""

from typing import Any


class Said(str):
    """A sentence in English that still knows its template and what was filled in."""

    __slots__ = ("filled", "template")

    template: str
    filled: dict[str, Any]


def said(template: str, /, **filled: Any) -> Said:  # noqa: ANN401 - whatever `format` takes
    """Fill in `template` (as `str.format` does); the template is the key of its translations."""
    sentence = Said(template.format(**filled))
    sentence.template = template
    sentence.filled = filled
    return sentence
