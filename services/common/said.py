"""Sentences for people: in English where they are made, translated where they are answered."""

from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Said(str):
    """A sentence in English that still knows its template and what was filled in.

    Stored as JSON it keeps both, so that an answer given again can be given in another language.
    """

    __slots__ = ("filled", "template")

    template: str
    filled: dict[str, Any]

    @classmethod
    def __get_pydantic_core_schema__(cls, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        """Read and write the two parts."""
        return core_schema.no_info_plain_validator_function(
            _restored, serialization=core_schema.plain_serializer_function_ser_schema(_parts)
        )


def said(template: str, /, **filled: Any) -> Said:  # noqa: ANN401 - whatever `format` takes
    """Fill in `template` (as `str.format` does); the template is the key of its translations."""
    sentence = Said(template.format(**filled))
    sentence.template = template
    sentence.filled = filled
    return sentence


def _parts(sentence: Said) -> dict[str, Any]:
    return {"template": sentence.template, "filled": sentence.filled}


def _restored(stored: Any) -> Said:  # noqa: ANN401 - what JSON gave, or a sentence itself
    return stored if isinstance(stored, Said) else said(stored["template"], **stored["filled"])
