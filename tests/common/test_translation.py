"""Every sentence that a caller can read is in the catalogue of translations."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from schemas.partner import Partner, Product
from services.common import findings
from services.common.problems import TITLES
from services.common.translation import catalogue, placeholders
from services.ingest.registry.entries import MODELS
from services.ingest.submission import Change, GivenMedia, GivenRebuttal, GivenRetraction

ROOT = Path(__file__).parent.parent.parent
FILES = sorted(file for top in ("schemas", "services") for file in (ROOT / top).rglob("*.py"))
# Its templates stand in tables, which are looked at on their own.
HAS_TABLES = "findings.py"


def calls() -> Iterator[tuple[Path, str, ast.Call]]:
    """Give each call in the code, with the name of what is called."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                yield file, getattr(node.func, "id", getattr(node.func, "attr", "")), node


def constants() -> Iterator[tuple[str, str]]:
    """Give the texts that have a name of their own at the top of a module."""
    for file in FILES:
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.Assign) and (text := literal(node.value)):
                yield ast.unparse(node.targets[0]), text


def literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def template(node: ast.expr) -> str | None:
    """Give the template that is meant: written there, or by its name."""
    return NAMED.get(node.id) if isinstance(node, ast.Name) else literal(node)


def is_said_again(node: ast.expr) -> bool:
    """Whether the template is one that was taken apart: `x.template`, `x["template"]`."""
    if isinstance(node, ast.Subscript):
        return literal(node.slice) == "template"
    return isinstance(node, ast.Attribute) and node.attr == "template"


NAMED = dict(constants())


def templates() -> set[str]:
    """Collect what the code says."""
    found = {title for _, title in TITLES.values()}
    found |= {*findings.SENTENCES.values(), *findings.FORMS.values()}
    found |= {findings.BAD_FORM, findings.UNUSABLE}
    for _, name, call in calls():
        place = {"said": 0, "PydanticCustomError": 1}.get(name)
        if place is not None and (sentence := template(call.args[place])):
            found.add(sentence)
    return found


def to_paste(sentences: set[str]) -> str:
    return "\n".join(f'{json.dumps(s, ensure_ascii=False)} = ""' for s in sorted(sentences))


def test_every_sentence_has_its_translation():
    missing = templates() - set(catalogue("vi")["sentences"])

    assert not missing, f"Add to the end of services/common/vi.toml:\n{to_paste(missing)}"


def test_no_translation_is_of_a_sentence_that_nobody_says():
    stale = set(catalogue("vi")["sentences"]) - templates()

    assert not stale, f"Take out of services/common/vi.toml:\n{to_paste(stale)}"


def test_no_translation_is_empty_or_left_in_english():
    same = {s for s, translation in catalogue("vi")["sentences"].items() if translation in ("", s)}

    assert not same, f"Translate in services/common/vi.toml:\n{to_paste(same)}"


@pytest.mark.parametrize("template", catalogue("vi")["sentences"])
def test_a_translation_fills_in_what_the_sentence_fills_in(template):
    assert placeholders(catalogue("vi")["sentences"][template]) == placeholders(template)


def test_every_field_that_can_be_wrong_has_a_name_in_the_newsroom():
    models: list[type[BaseModel]] = [Change, GivenMedia, GivenRebuttal, GivenRetraction]
    models += [Partner, Product, *MODELS.values()]
    fields = {field.alias or name for model in models for name, field in model.model_fields.items()}
    missing = fields - set(catalogue("vi")["fields"])

    assert not missing, f"Add to [fields] in services/common/vi.toml:\n{to_paste(missing)}"


def test_sentences_are_said_so_that_they_can_be_translated():
    bare = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file, name, call in calls()
        if name in ("Problem", "FieldError")
        for sentence in (*call.args[1:2], *(k.value for k in call.keywords if k.arg == "detail"))
        if isinstance(sentence, ast.Constant | ast.JoinedStr)
    ]

    assert not bare, "Wrap these sentences in said(…):\n" + "\n".join(bare)


def test_a_template_is_written_out_so_that_it_can_be_found():
    unknown = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file, name, call in calls()
        if name in ("said", "PydanticCustomError") and file.name != HAS_TABLES
        for sentence in call.args[name != "said" :][:1]
        if not (template(sentence) or is_said_again(sentence))
    ]

    assert not unknown, "Give said(…) its template as a literal:\n" + "\n".join(unknown)
