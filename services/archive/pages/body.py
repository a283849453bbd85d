"""An article's text as its page shows it: the sanitised HTML, with what only a page can know."""

import html
from html.parser import HTMLParser

_HEADINGS = ("h2", "h3", "h4", "h5", "h6")


def shown_body(markup: str, table_label: str) -> str:
    """Fit sanitised HTML into a page. Wide tables scroll in themselves, also by keyboard; pictures
    load when they come near; headings go down a level at a time."""
    fitting = _Fitting(table_label)
    fitting.feed(markup)
    fitting.close()
    return "".join(fitting.written)


class _Fitting(HTMLParser):
    """Writes down what it reads; few tags are changed on the way."""

    def __init__(self, table_label: str) -> None:
        super().__init__(convert_charrefs=False)
        self.written: list[str] = []
        label = html.escape(table_label)
        self._around_table = f'<div class="wide" role="group" tabindex="0" aria-label="{label}">'
        self._tables = 0
        self._above: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = self.get_starttag_text() or ""
        if tag in _HEADINGS:
            given = given.replace(tag, self._level_of(tag), 1)
        elif tag == "img":
            missing = "" if "alt" in dict(attrs) else ' alt=""'
            given = given.replace("<img", f'<img loading="lazy"{missing}', 1)
        elif tag == "table":
            self._tables += 1
            if self._tables == 1:
                given = self._around_table + given
        self.written.append(given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HEADINGS:
            tag = f"h{1 + max(1, len(self._above))}"
        self.written.append(f"</{tag}>")
        if tag == "table" and self._tables:
            self._tables -= 1
            if not self._tables:
                self.written.append("</div>")

    def handle_data(self, data: str) -> None:
        self.written.append(data)

    def handle_entityref(self, name: str) -> None:
        self.written.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.written.append(f"&#{name};")

    def _level_of(self, tag: str) -> str:
        """Say which heading stands here: the page's own is above them all."""
        while self._above and self._above[-1] >= tag:
            self._above.pop()
        self._above.append(tag)
        return f"h{1 + len(self._above)}"
