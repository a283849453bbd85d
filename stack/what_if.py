"""What another product would change, as a person reads it. Pure."""

from typing import Any

from rich.text import Text

_SIGNS = {"comes": ("+", "green"), "goes": ("-", "red")}


def outlook(code: str, found: dict[str, Any]) -> Text:
    """Show the answer of a what-if: what would come and go, the newest of it by headline."""
    part = "" if found["complete"] else "; older ones were not looked at"
    text = Text(
        f"{code}, of {found['looked_at']} articles since {found['since'][:10]}{part}: "
        f"{found['comes']['count']} would come, {found['goes']['count']} would go, "
        f"{found['stays_in']['count']} would stay.\n"
    )
    for side, (sign, style) in _SIGNS.items():
        for each in found[side]["articles"]:
            text.append(f"  {sign} {each['headline']}", style).append(f"  ({each['id']})\n")
        more = found[side]["count"] - len(found[side]["articles"])
        if more:
            text.append(f"  {sign} and {more} more\n", style)
    text.rstrip()
    return text
