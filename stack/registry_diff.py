"""What applying a file of the registry or of partners does, as a person reads it. Pure."""

import json
from collections.abc import Iterator
from typing import Any

from rich.text import Text

_BEFORE, _AFTER = "red", "green"


def difference(plan: dict[str, Any]) -> Text:
    """Show the answer: what is new, what changes by field, what is left alone."""
    text = Text()
    for entry in plan["added"]:
        name = f"  {entry['entry']['name']}"
        text.append(f"+ {entry['kind']} {entry['code']}", _AFTER).append(f"{name}\n")
    for entry in plan["changed"]:
        text.append(f"~ {entry['kind']} {entry['code']}\n", "yellow")
        for name, values in entry["fields"].items():
            text.append(f"    {name}:").append_text(_change(values)).append("\n")
    if left := list(_left_alone(plan["not_in_document"])):
        text.append(f"not in the file, left as it is: {'; '.join(left)}\n")
    return text.append(_summary(plan))


def _change(values: dict[str, Any]) -> Text:
    before, after = values["before"], values["after"]
    if isinstance(before, list) and isinstance(after, list):
        gone = [each for each in before if each not in after]
        new = [each for each in after if each not in before]
        if gone or new:
            return _items(gone, new)
    return Text.assemble(" ", (_value(before), _BEFORE), " → ", (_value(after), _AFTER))


def _items(gone: list[Any], new: list[Any]) -> Text:
    text = Text()
    for sign, style, items in (("-", _BEFORE, gone), ("+", _AFTER, new)):
        for each in items:
            text.append(f"\n      {sign} {_value(each)}", style)
    return text


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(each)}" for name, each in value.items() if each)
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _left_alone(entries: list[dict[str, str]]) -> Iterator[str]:
    for kind in ("unit", "column", "campaign", "partner"):
        if codes := [entry["code"] for entry in entries if entry["kind"] == kind]:
            yield f"{kind} {', '.join(codes)}"


def _summary(plan: dict[str, Any]) -> str:
    counted = (
        f"{len(plan['added'])} added, {len(plan['changed'])} changed, "
        f"{plan['unchanged']} unchanged."
    )
    return f"Would be: {counted} Nothing was done." if plan["dry_run"] else counted
