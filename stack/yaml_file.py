"""YAML as people write it: read strictly, with the line of each value, and written back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from stack.errors import StackError

_MOST_VALUES = 200_000


@dataclass(frozen=True)
class YamlFile:
    """What a file holds, as JSON values, and the line on which each of them begins."""

    path: Path
    content: Any
    lines: Mapping[str, int]
    """By JSON pointer."""

    def place(self, pointer: str) -> str:
        """Say where a value is, or where it is missing: `FILE:LINE`."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return f"{self.path}:{self.lines.get(pointer, 1)}"


def read_yaml(path: Path) -> YamlFile:
    """Read a file. Raises StackError: also where a key stands twice, which most readers let pass.

    This is YAML 1.2: `no` and `NO` are words, not false.
    """
    try:
        content = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StackError(f"Cannot read {path}: {error.strerror}.") from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise StackError(f"{path}:{line}: {error.problem}.") from error
    # A forbidden character, a 30th of February, brackets without end.
    except (YAMLError, ValueError, RecursionError) as error:
        raise StackError(f"{path} is no YAML in UTF-8: {error}.") from error
    if content is None:
        raise StackError(f"{path} is empty.")
    # Aliases may mean more than the file holds, or themselves.
    try:
        lines = {"": 1} | dict(islice(_lines("", content), _MOST_VALUES))
        if len(lines) > _MOST_VALUES:
            raise StackError(f"{path} means more than {_MOST_VALUES:,} values.")
        read = YamlFile(path, content, lines)
        return YamlFile(path, _plain(read, "", content), lines)
    except RecursionError as error:
        raise StackError(f"{path} is nested too deeply.") from error


def written(content: object, heading: str) -> str:
    """Write JSON values as YAML below a comment."""
    yaml = YAML(typ="rt", pure=True)
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 4096  # a line is a line, however long
    text = StringIO()
    yaml.dump(content, text)
    return f"# {heading}\n{text.getvalue()}"


def _lines(at: str, value: object) -> Iterator[tuple[str, int]]:
    if isinstance(value, CommentedMap):
        for key, each in value.items():
            if key in (value.lc.data or {}):  # not where it was merged in by `<<`
                yield f"{at}/{key}", value.lc.key(key)[0] + 1
            yield from _lines(f"{at}/{key}", each)
    elif isinstance(value, CommentedSeq):
        for place, each in enumerate(value):
            yield f"{at}/{place}", value.lc.item(place)[0] + 1
            yield from _lines(f"{at}/{place}", each)


def _plain(file: YamlFile, at: str, value: object) -> Any:  # noqa: ANN401 - JSON
    match value:
        case CommentedMap():
            return {str(key): _plain(file, f"{at}/{key}", each) for key, each in value.items()}
        case CommentedSeq():
            return [_plain(file, f"{at}/{place}", each) for place, each in enumerate(value)]
        case date() if not isinstance(value, datetime):
            return value.isoformat()
        case None | bool() | int() | str():
            return value
    raise StackError(
        f"{file.place(at)}: this is neither text, whole number, day, list nor mapping."
    )
