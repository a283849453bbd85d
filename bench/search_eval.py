"""Search as a reader of the paper uses it who looks for an article that he remembers:
`python -m bench.search_eval DATA_FOLDER`.

From random articles a piece of the headline and a piece of the lead are taken, and typed in several
ways; the article is to be found, high up. Beside ours: BM25 over one field of the same text, by
bare tantivy-py and by SQLite FTS5, each with the folding that it has itself. All words must be
there.
"""

import random
import sqlite3
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, quantiles
from uuid import UUID

import tantivy

from bench.related_eval import BATCH, events
from schemas.article import Article
from services.archive.catalogue.filters import SearchRequest
from services.archive.catalogue.registry import Registry
from services.archive.catalogue.search import Search
from services.archive.catalogue.suggesting import Suggestions
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.language.terms import plain

ARTICLES = 400  # that are looked for, by two pieces each
WORDS = (3, 6)  # syllables of a piece: so many people type
FOUND = 10
TONES = "\u0300\u0301\u0303\u0309\u0323"

Find = Callable[[str], Sequence[UUID]]


@dataclass(frozen=True)
class Item:
    """An article to be found, and what is typed for it."""

    id: UUID
    piece: str


def main() -> None:
    articles = [event.article for event in events(Path(sys.argv[1]) / "news-dev.ndjson.gz")]
    chosen = random.Random(7)
    items = [item for each in chosen.sample(articles, ARTICLES) for item in pieces(each, chosen)]
    with tempfile.TemporaryDirectory() as folder:
        engine = EmbeddedEngine(Path(folder) / "index")
        for start in range(0, len(articles), BATCH):
            engine.take(articles[start : start + BATCH], {})
        ours = Search(engine, Registry(engine))
        finders: dict[str, Find] = {
            "tinbai": lambda typed: found(ours, typed),
            "tantivy-py": bare_tantivy(articles),
            "SQLite FTS5": bare_fts5(articles),
        }
        print(f"{len(articles)} articles, {len(items)} pieces, typed in each way\n")
        print("| typed | by | MRR | found@10 | p50 ms | p99 ms |")
        print("|---|---|---|---|---|---|")
        for way, typed in WAYS.items():
            questions = [(item.id, typed(item.piece, random.Random(item.id.int))) for item in items]
            for name, find in finders.items():
                print(f"| {way} | {name} | {measured(find, questions)} |", flush=True)
        print("\n" + typing(Suggestions(engine, Registry(engine)), items))
        engine.close()


def pieces(article: Article, chosen: random.Random) -> Iterable[Item]:
    for text in (article.headline, article.lead):
        words = "".join(c if c.isalnum() else " " for c in text).split()
        size = chosen.randint(*WORDS)
        if len(words) >= size:
            first = chosen.randrange(len(words) - size + 1)
            yield Item(article.id, " ".join(words[first : first + size]))


def as_written(piece: str, _: random.Random) -> str:
    return piece


def without_marks(piece: str, _: random.Random) -> str:
    apart = unicodedata.normalize("NFD", piece.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in apart if not unicodedata.combining(c)).lower()


def with_a_mark_elsewhere(piece: str, _: random.Random) -> str:
    """Put the tones of `oa`, `oe` and `uy` on the other letter, and send marks as characters."""
    apart = unicodedata.normalize("NFD", piece)
    for pair in ("oa", "oe", "uy"):
        for tone in TONES:
            apart = apart.replace(pair[0] + tone + pair[1], pair + tone)
    return apart


def with_a_wrong_tone(piece: str, chosen: random.Random) -> str:
    words = piece.split()
    at = chosen.randrange(len(words))
    apart = unicodedata.normalize("NFD", words[at])
    tones = [place for place, c in enumerate(apart) if c in TONES]
    if tones:
        other = chosen.choice(TONES)
        words[at] = apart[: tones[0]] + other + apart[tones[0] + 1 :]
    return unicodedata.normalize("NFC", " ".join(words))


def with_a_slip(piece: str, chosen: random.Random) -> str:
    """Type it without marks, and one letter wrong, left out, doubled or swapped with the next."""
    typed = without_marks(piece, chosen)
    letters = [place for place, c in enumerate(typed) if c.isalpha()]
    at = chosen.choice(letters or [0])
    return chosen.choice(
        [
            typed[:at] + chosen.choice("abcdeghiklmnopqrstuvxy") + typed[at + 1 :],
            typed[:at] + typed[at + 1 :],
            typed[: at + 1] + typed[at:],
            typed[:at] + typed[at + 1 : at + 2] + typed[at : at + 1] + typed[at + 2 :],
        ]
    )


WAYS: dict[str, Callable[[str, random.Random], str]] = {
    "as written": as_written,
    "without marks": without_marks,
    "marks elsewhere, decomposed": with_a_mark_elsewhere,
    "one tone wrong": with_a_wrong_tone,
    "one slip, without marks": with_a_slip,
}


def measured(find: Find, questions: Sequence[tuple[UUID, str]]) -> str:
    ranks, milliseconds = [], []
    for wanted, typed in questions:
        began = time.perf_counter()
        top = find(typed)
        milliseconds.append((time.perf_counter() - began) * 1000)
        ranks.append(1 / (top.index(wanted) + 1) if wanted in top else 0.0)
    percent = quantiles(milliseconds, n=100)
    return (
        f"{mean(ranks):.3f} | {mean(rank > 0 for rank in ranks):.3f} | "
        f"{percent[49]:.1f} | {percent[98]:.1f}"
    )


def typing(suggestions: Suggestions, items: Sequence[Item]) -> str:
    """Type each piece letter by letter, until what it is to be is suggested."""
    milliseconds, saved = [], []
    for item in items[:200]:
        typed = without_marks(item.piece, random.Random(0))
        wanted = " ".join(typed.split()[:2])
        for length in range(1, len(wanted) + 1):
            began = time.perf_counter()
            told = suggestions.of(typed[:length], 8)
            milliseconds.append((time.perf_counter() - began) * 1000)
            if any(without_marks(each.text, random.Random(0)) == wanted for each in told):
                break
        saved.append(1 - length / len(wanted))
    percent = quantiles(milliseconds, n=100)
    return (
        f"Suggestions while two words are typed: p50 {percent[49]:.1f} ms, "
        f"p99 {percent[98]:.1f} ms; {mean(saved):.0%} of the letters need not be typed."
    )


def found(search: Search, typed: str) -> Sequence[UUID]:
    """Search; and again for what may have been meant, as a reader would."""
    answer = search.find(SearchRequest(q=typed, limit=FOUND))
    if answer.did_you_mean:
        answer = search.find(SearchRequest(q=answer.did_you_mean, limit=FOUND))
    return [hit.article.id for hit in answer.found.hits]


def bare_tantivy(articles: Sequence[Article]) -> Find:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="folding")
    builder.add_bytes_field("id", stored=True)
    schema = builder.build()
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    folding = analyzer.filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.ascii_fold())
    index = tantivy.Index(schema)
    index.register_tokenizer("folding", folding.build())
    writer = index.writer(64_000_000, num_threads=1)
    for article in articles:
        document = tantivy.Document()
        document.add_text("text", text_of(article))
        document.add_bytes("id", article.id.bytes)
        writer.add_document(document)
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def find(typed: str) -> Sequence[UUID]:
        query = index.parse_query(typed, ["text"], conjunction_by_default=True)
        hits = searcher.search(query, FOUND, count=False).hits
        return [UUID(bytes=bytes(searcher.doc(at).get_first("id"))) for _, at in hits]

    return find


def bare_fts5(articles: Sequence[Article]) -> Find:
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE news USING fts5(text, id UNINDEXED, "
        "tokenize = 'unicode61 remove_diacritics 2')"
    )
    rows = [(text_of(article), str(article.id)) for article in articles]
    database.executemany("INSERT INTO news VALUES (?, ?)", rows)

    def find(typed: str) -> Sequence[UUID]:
        words = " ".join(f'"{word}"' for word in typed.split())
        rows = database.execute(
            "SELECT id FROM news WHERE news MATCH ? ORDER BY rank LIMIT ?", (words, FOUND)
        )
        return [UUID(id_) for (id_,) in rows]

    return find


def text_of(article: Article) -> str:
    return " \n".join((article.headline, article.lead, plain(article.body)))


if __name__ == "__main__":
    main()
