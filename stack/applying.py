"""A YAML file that is applied as a whole: handed in, and its faults told by line."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.door import admin_key, call, refusal
from stack.errors import StackError

if TYPE_CHECKING:
    from stack.yaml_file import YamlFile


def put(file: "YamlFile", url: str, data: Path, *, dry_run: bool) -> dict[str, Any]:
    """Hand it in; give what was done, or would be. Raises StackError."""
    answer = call("PUT", f"{url}?dry_run=true" if dry_run else url, admin_key(data), file.content)
    if answer.status_code == 422:
        raise StackError(_faults(file, answer.json()))
    if answer.is_error:
        raise StackError(refusal(answer))
    planned: dict[str, Any] = answer.json()
    return planned


def _faults(file: "YamlFile", problem: dict[str, Any]) -> str:
    """Say what is refused, each fault with its line of the file."""
    lines = [
        f"{file.place(error['pointer'])}: {error['pointer']}: {error['detail']}"
        for error in problem["errors"]
    ]
    return "\n".join([*lines, "Nothing was done."])
