"""An index that is made anew beside the one that answers, and takes its place."""

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pytest

from schemas.events import UnitChanged
from schemas.registry import Unit
from services.archive.articles.changes import Change
from services.archive.catalogue import queries
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.filters import Filters
from services.archive.catalogue.reading import read
from services.archive.catalogue.registry import Names, Registry
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.engine.contract import EngineFailed
from services.archive.engine.documents import FACETS
from services.archive.language.question import Question, read_question
from services.common.ids import new_id
from tests.archive.made_up import COLUMNS, UNITS, Past
from tests.factories import NOON, TRACE, article

ARTICLES = 250
QUESTIONS = 1000
ID = len('{"id":"00000000-0000-0000-0000-000000000000"')
ALIKE = 0.1
"""Articles whose scores differ by no more than this of the highest may change places: Tantivy
counts what was deleted until it is merged away, and then estimates how long the texts are."""
AT_FIVE = {("articles", 3): 5}


def take_all(take, changes: Sequence[Change], at_once: int) -> None:
    for start in range(0, len(changes), at_once):
        take(changes[start : start + at_once])


def rebuilt(engine: EmbeddedEngine, log: Sequence[Change] = ()) -> None:
    rebuild = engine.rebuild()
    take_all(rebuild.take, log, 150)
    rebuild.swap()
    rebuild.discard()


def folders(engine_folder: Path) -> list[Path]:
    return [path for path in engine_folder.iterdir() if path.is_dir()]


def named(code: str, name: str) -> UnitChanged:
    unit = Unit(code=code, name=name)
    return UnitChanged(id=new_id(), time=NOON, producer="ingest", trace=TRACE, unit=unit)


def all_of(catalogue: Catalogue) -> list:
    return [hit.article for hit in catalogue.by_time(Question(), Filters(), 1000).hits]


@dataclass(frozen=True)
class Answer:
    """What is found, the best first, with scores; the first by time; the counts."""

    best: Mapping[bytes, float]
    latest: list[bytes]
    counts: Mapping[str, Mapping[str, int]]


def answers(engine: EmbeddedEngine, questions: Sequence[str]) -> Iterator[Answer]:
    """Ask, narrowed down to a unit or column or not."""
    view = engine.view()
    for number, text in enumerate(questions):
        unit = dict(enumerate(UNITS)).get(number % 8)
        column = COLUMNS[number % 5] if number % 5 < 2 else None
        filters = Filters.model_validate({"unit": unit, "column": column})
        reading = read(read_question(text), Names())
        query = queries.found(reading, filters, Names())
        ranked = queries.ranked(reading, filters, Names())
        best = {hit.record[:ID]: hit.score for hit in view.best(ranked, ARTICLES)}
        latest = [hit.record for hit in view.latest(query, 20)]
        yield Answer(best, latest, view.counts(query, FACETS, 50))


def is_in_order(best: Iterable[bytes], scores: Mapping[bytes, float]) -> bool:
    """Whether no article stands before one that scores more than a little higher."""
    given = [scores[id_] for id_ in best]
    highest = list(accumulate(reversed(given), max))[::-1]
    most = max(given, default=0) * ALIKE
    return all(after - score <= most for score, after in zip(given, highest, strict=True))


def test_it_gives_the_same_answers_as_the_index_that_grew(tmp_path):
    past = Past(ARTICLES)
    questions = list(past.questions(QUESTIONS))
    engine = EmbeddedEngine(tmp_path / "index")
    take_all(lambda changes: engine.take(changes, {}), past.arrivals(), 25)
    grown = list(answers(engine, questions))
    histories = {id_: Catalogue(engine, Registry(engine)).history(id_) for id_ in past.ids}
    rebuilt(engine, past.kept())
    catalogue = Catalogue(engine, Registry(engine))

    for before, after in zip(grown, answers(engine, questions), strict=True):
        assert after.best.keys() == before.best.keys()
        assert after.latest == before.latest
        assert after.counts == before.counts
        assert is_in_order(before.best, after.best)
        assert is_in_order(after.best, before.best)
    assert {id_: catalogue.history(id_) for id_ in past.ids} == histories
    assert len([before for before in grown if before.best]) > QUESTIONS / 2
    engine.close()


def test_what_the_engine_takes_meanwhile_is_not_lost(engine, catalogue):
    old, late = article(), article()
    engine.take([old], AT_FIVE)
    rebuild = engine.rebuild()
    engine.take([late], AT_FIVE)
    rebuild.take([old])
    rebuild.swap()
    rebuild.discard()
    assert {each.id for each in all_of(catalogue)} == {old.id, late.id}
    assert engine.offsets == AT_FIVE


def test_of_the_registry_the_newest_record_counts(engine):
    first, second = named("HQHP", "Hải quan cũ"), named("HQHP", "Hải quan mới")
    other = named("HQLS", "Hải quan Lạng Sơn")
    rebuild = engine.rebuild()
    engine.name({second.key: second}, {})
    rebuild.name({first.key: first, other.key: other})
    rebuild.swap()
    units = Registry(engine).names.units
    assert {code: unit.name for code, unit in units.items()} == {
        "HQHP": "Hải quan mới",
        "HQLS": "Hải quan Lạng Sơn",
    }


def test_who_asked_before_is_answered_to_the_end(engine):
    engine.take([kept := article()], {})
    before = engine.view()
    rebuilt(engine)
    assert before.total(queries.current()) == 1
    assert before.history(kept.id) == {1: kept}
    assert engine.view().total(queries.current()) == 0


def test_the_next_process_opens_the_new_one_and_the_old_one_is_gone(tmp_path):
    engine = EmbeddedEngine(tmp_path / "index")
    engine.take([article(), kept := article()], AT_FIVE)
    rebuilt(engine, [kept])
    engine.close()
    opened = EmbeddedEngine(tmp_path / "index")
    assert opened.id == engine.id
    assert opened.offsets == AT_FIVE
    assert all_of(Catalogue(opened, Registry(opened))) == [kept]
    assert len(folders(tmp_path / "index")) == 1
    opened.close()


def test_one_that_is_given_up_changes_nothing(engine, catalogue, tmp_path):
    engine.take([kept := article()], {})
    engine.rebuild().discard()
    engine.take([late := article()], {})
    assert {each.id for each in all_of(catalogue)} == {kept.id, late.id}
    rebuilt(engine, [kept])
    assert all_of(catalogue) == [kept]


def test_one_that_missed_something_never_answers(engine, catalogue, tmp_path):
    engine.take([kept := article()], {})
    rebuild = engine.rebuild()
    [other] = set(folders(tmp_path / "index")) - {engine.index.folder}
    shutil.rmtree(other)
    engine.take([late := article()], {})
    with pytest.raises(EngineFailed):
        rebuild.swap()
    rebuild.discard()
    assert {each.id for each in all_of(catalogue)} == {kept.id, late.id}


async def test_what_is_left_of_others_is_cleared_away(engine, tmp_path):
    rebuilt(engine)
    engine.rebuild().discard()

    async def at_once(work):
        return work()

    tending = asyncio.create_task(engine.tend(at_once))
    try:
        async with asyncio.timeout(60):
            while len(folders(tmp_path / "index")) > 1:
                await asyncio.sleep(0.02)
    finally:
        tending.cancel()
    assert folders(tmp_path / "index") == [engine.index.folder]


def rebuild_again_and_again(folder: Path) -> None:
    """What the killed process does: take from both sides, swap, and say so."""
    engine = EmbeddedEngine(folder)
    past = Past(60)
    while True:
        rebuild = engine.rebuild()
        sys.stdout.write("begun\n")
        sys.stdout.flush()
        take_all(rebuild.take, past.log, 10)
        rebuild.swap()
        rebuild.discard()


@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.4, 0.7])
def test_killed_at_any_moment_it_leaves_a_whole_index_and_no_rubbish(tmp_path, seconds):
    folder = tmp_path / "index"
    engine = EmbeddedEngine(folder)
    engine.take(Past(60).log, AT_FIVE)
    before = all_of(Catalogue(engine, Registry(engine)))
    engine.close()
    program = (
        "from pathlib import Path; from tests.archive.test_rebuild import rebuild_again_and_again;"
        f"rebuild_again_and_again(Path({str(folder)!r}))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        time.sleep(seconds)
        process.kill()

    opened = EmbeddedEngine(folder)
    assert all_of(Catalogue(opened, Registry(opened))) == before
    assert opened.offsets == AT_FIVE
    assert len(folders(folder)) == 1
    opened.close()
