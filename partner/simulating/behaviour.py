"""How a simulated partner behaves; at first, well."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

LONGEST = 600.0  # seconds


@dataclass(frozen=True)
class Behaviour:
    """What it does badly."""

    slow: float = 0.0
    """Seconds before it answers a webhook or takes over what it fetched."""
    broken: bool = False
    """Answers each webhook with 500."""
    flapping: bool = False
    """Answers every second webhook with 500."""
    gone: bool = False
    """Answers each webhook with 410."""
    lying: bool = False
    """Says `removed`, and goes on to show the page."""
    silent: bool = False
    """Never acknowledges."""
    refusing: bool = False
    """Acknowledges `refused`, and shows nothing new."""
    forgetful: bool = False
    """Has lost its mirror whenever it fetches."""

    def status(self, count: int) -> int:
        """Give the answer to the webhook that is the `count`th."""
        if self.gone:
            return 410
        return 500 if self.broken or (self.flapping and count % 2) else 204

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """Give another one. Raises ValueError."""
        kinds = {each.name: type(each.default) for each in fields(self)}
        for name, value in changes.items():
            if name not in kinds:
                raise ValueError(f"{name} is not known; known are {', '.join(kinds)}")
            if kinds[name] is bool and not isinstance(value, bool):
                raise ValueError(f"{name} is true or false")
        if not isinstance(changes.get("slow", 0), int | float):
            raise ValueError("slow is a number of seconds")  # noqa: TRY004 - of what was sent
        changed = replace(self, **changes)
        if not 0 <= changed.slow <= LONGEST:
            raise ValueError(f"slow lies between 0 and {LONGEST:.0f} seconds")
        return changed
