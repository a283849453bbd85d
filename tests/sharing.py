"""How the tests are shared out among the workers of a run.

What a file sets up is set up once, so its tests stay together; so do the files of a group
(`pytest.mark.xdist_group`). xdist 3.8 has groups as `--dist loadgroup`, but finds none under pytest
9.2: it notes them where ids are no longer kept, and each test goes wherever there is room.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_GROUP = re.compile(r'xdist_group\("(\w+)"\)')


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a worker a whole group or file at a time, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)
        self._root = config.rootpath

    def _split_scope(self, nodeid: str) -> str:
        return group_of(self._root / nodeid.partition("::")[0])


@cache
def group_of(file: Path) -> str:
    """Name the group that a file's marks put it in: without one, it is alone."""
    found = _GROUP.search(file.read_text())
    return found[1] if found else str(file)


def slow_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Put first what starts processes and waits for them: short tests even out the end of a run."""
    return sorted(items, key=lambda item: "integration" not in item.path.parts)
