"""The catalogue of translations, `vi.toml`: English template in, Vietnamese sentence out."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from services.common.language import DEFAULT, Language, current_language
from services.common.said import Said


def translated(sentence: str, language: Language | None = None) -> str:
    """Say `sentence` in `language` (that of this task by default), or in English if it can't be."""
    language = language or current_language()
    if language == DEFAULT:
        return str(sentence)
    template, filled = sentence, {}
    if isinstance(sentence, Said):
        template, filled = sentence.template, sentence.filled
    found = catalogue(language)["sentences"].get(template)
    if found is None:
        return str(sentence)
    # What is filled in may be words of ours too.
    values = {
        name: translated(value, language) if isinstance(value, Said) else value
        for name, value in filled.items()
    }
    return found.format(**values)


def field_name(pointer: str, language: Language | None = None) -> str:
    """Name a field as the newsroom does, where it has a word for it: `tít (/headline)`."""
    language = language or current_language()
    words = {} if language == DEFAULT else catalogue(language)["fields"]
    word = words.get(pointer.lstrip("/?").split("/")[0])
    return f"{word} ({pointer})" if word else pointer


def template_of(sentence: str, filled: Mapping[str, object]) -> str | None:
    """Find the template that gives `sentence` when `filled` in; None if it isn't in the catalogue.

    For errors from pydantic, which tell their sentence and what was filled in, but not into what.
    """
    for template in catalogue("vi")["sentences"]:
        if placeholders(template) == set(filled) and template.format(**filled) == sentence:
            return template
    return None


@cache
def placeholders(template: str) -> set[str]:
    """Give the names that `template` leaves open."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@cache
def catalogue(language: Language) -> dict[str, dict[str, str]]:
    """Read the catalogue of a language: `fields` and `sentences`."""
    text = Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8")
    read: dict[str, dict[str, str]] = tomllib.loads(text)
    return read
