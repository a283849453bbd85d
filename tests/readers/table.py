"""What each reader shows and how it asks, as tables: python -m tests.readers.table writes them."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.readers.every import AT_HAND, READERS, ROOT, Reader
from tests.readers.marks import NOTHING, marks
from tests.readers.paper import Paper, printing
from tests.syndicate.samples import NAMES, SAMPLES

DOCUMENT = ROOT / "docs" / "readers.md"
FORMS = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
_TEXT = (
    "order", "title", "link", "lead", "text", "correction", "notice", "published", "updated",
)  # fmt: skip
_BESIDE = (
    "authors", "categories", "enclosures", "captions", "credits", "duration", "language", "rights",
)  # fmt: skip
_ASKED = ("encodings", "conditional", "A-IM")
_HEADS = {
    "text": ("reader", "format", *_TEXT),
    "beside": ("reader", "format", *_BESIDE),
    "asks": ("reader", *_ASKED),
}


def shown(paper: Paper, reader: Reader, form: str) -> dict[str, str]:
    """Let a reader without memories read the paper."""
    with TemporaryDirectory() as folder:
        return marks(paper, reader.make(Path(folder)).read(paper.url(form)))


def asked(paper: Paper, reader: Reader) -> dict[str, str]:
    """Tell how a reader fetches what did not change, the third time (newsboat's first is lost)."""
    with TemporaryDirectory() as folder:
        reads = reader.make(Path(folder))
        for _ in range(3):
            reads.read(paper.url("rss"))
    headers = paper.requests[-1]
    return {
        "encodings": headers.get("accept-encoding", NOTHING),
        "conditional": "ETag" if "if-none-match" in headers else NOTHING,
        "A-IM": headers.get("a-im", NOTHING),
    }


def promised() -> dict[tuple[str, str], dict[str, str]]:
    """Read what the document says is shown: by reader and format, the mark of each feature."""
    rows = zip(_table("text"), _table("beside"), strict=True)
    return {
        (reader, form): dict(zip((*_TEXT, *_BESIDE), (*text, *beside), strict=True))
        for (reader, form, *text), (_, _, *beside) in rows
    }


def asks_promised() -> dict[str, dict[str, str]]:
    """Read how the document says they ask, by reader."""
    return {reader: dict(zip(_ASKED, said, strict=True)) for reader, *said in _table("asks")}


def _table(name: str) -> list[list[str]]:
    _, _, after = DOCUMENT.read_text().partition(_begin(name))
    rows = after.partition(_END)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


_END = "<!-- end -->"


def _begin(name: str) -> str:
    return f"<!-- {name} -->\n"


def _rows(paper: Paper) -> Iterator[tuple[str, list[str]]]:
    """Give every table's name with each of its rows."""
    for reader in READERS:
        for form in reader.forms:
            seen = shown(paper, reader, form)
            yield "text", [reader.name, FORMS[form], *(seen[name] for name in _TEXT)]
            yield "beside", [reader.name, FORMS[form], *(seen[name] for name in _BESIDE)]
    for reader in READERS:
        yield "asks", [reader.name, *asked(paper, reader).values()]


def write() -> None:
    """Write the tables between their marks in the document."""
    assert AT_HAND == READERS, "READERS=all"
    with printing(NAMES) as paper:
        paper.publish(*SAMPLES.values())
        rows = list(_rows(paper))
    text = DOCUMENT.read_text()
    for name, head in _HEADS.items():
        cells = [head, ["---"] * len(head), *(row for table, row in rows if table == name)]
        lines = [f"| {' | '.join(each)} |\n" for each in cells]
        before, begin, after = text.partition(_begin(name))
        _, end, rest = after.partition(_END)
        text = f"{before}{begin}{''.join(lines)}{end}{rest}"
    DOCUMENT.write_text(text)


if __name__ == "__main__":
    write()
