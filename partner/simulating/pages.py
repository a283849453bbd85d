"""The pages on which a simulated partner shows articles."""

from html import escape
from pathlib import Path

from partner.entry import Entry
from partner.mirror import Mirror


class Pages:
    """A folder of pages. One that was taken down stays there, for the day on which its partner
    lies: whether it is shown is decided when somebody looks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)

    def put(self, entry: Entry) -> None:
        """Make the page of an article."""
        article = entry.article or {}
        language, headline = (escape(str(article.get(x, ""))) for x in ("language", "headline"))
        lead, body = escape(str(article.get("lead", ""))), article.get("body", "")
        self._file(entry.id).write_text(
            f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
            f"<title>{headline}</title><h1>{headline}</h1><p>{lead}</p>{body}",
            encoding="utf-8",
        )

    def look(self, article: str, mirror: Mirror, *, lying: bool) -> tuple[int, str]:
        """Give what somebody sees who looks there: the status, and the page."""
        held = mirror.held(article)
        file = self._file(article)
        if file.exists() and (lying or (held and held.stands)):
            return 200, file.read_text(encoding="utf-8")
        return (410, "It was taken down.") if held else (404, "There is no such article.")

    def _file(self, article: str) -> Path:
        return self._folder / f"{article}.html"
