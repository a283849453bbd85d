"""What was erased is in no answer and, soon, in no file of the index."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schemas.article import Article
from schemas.events import UnitChanged
from schemas.registry import Unit
from services.archive.articles.changes import Erased
from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.registry import Registry
from services.archive.embedded import purge
from services.archive.embedded.compiling import compiled
from services.archive.embedded.engine import EmbeddedEngine
from services.archive.embedded.index import records
from services.archive.engine.query import Term
from services.common.ids import new_id
from tests.archive.conftest import Archive
from tests.factories import NOON, TRACE, article, erasure, retraction

MARK = "phaixoa"


async def at_once(work):
    return work()


def fill(engine: EmbeddedEngine, articles: int = 300, batch: int = 20) -> list:
    """Many commits, so many segments, some of them merged."""
    made = [
        article(headline=f"Tin {n}", body=f"<p>{'chữ ' * (n % 40)}số{n}</p>")
        for n in range(articles)
    ]
    for start in range(0, articles, batch):
        engine.take(made[start : start + batch], {("articles", 0): start})
    return made


def marked(**fields: Any) -> Article:
    return article(headline=f"{MARK} tít", body=f"<p>{MARK} thân</p>", **fields)


async def test_readers_find_nothing_but_that_it_is_gone(archive: Archive):
    media = {"id": new_id(), "href": "https://bao.test/media/x", "content_type": "image/png"}
    one = marked(media=[media])
    path = archive.data / "media" / str(media["id"])[:2] / str(media["id"]) / "original"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"picture")
    archive.take(one, article(id=one.id, version=2, headline=MARK, media=[media]))
    assert (await archive.get(f"/media/{media['id']}")).status_code == 200
    archive.take(erasure(one.id, 3), Erased(one.id, 1), Erased(one.id, 2))

    page = await archive.page(one)
    assert page.status_code == 410
    assert "Bài viết này không còn nữa" in page.text
    json = await archive.get(f"/v1/articles/{one.id}")
    assert json.status_code == 410
    assert json.json()["detail"] == "This article is no longer available."
    assert (await archive.json(f"/v1/articles/{one.id}/history"))["items"] == []
    assert (await archive.get(f"/media/{media['id']}")).status_code == 404
    assert await archive.ids(f"/v1/search?q={MARK}") == []
    assert await archive.ids("/v1/latest") == []


async def test_a_retracted_article_can_be_erased(archive: Archive):
    one = marked()
    archive.take(one, retraction(one.id, 2))
    archive.take(erasure(one.id, 3))
    page = await archive.page(one)
    assert page.status_code == 410
    assert "số liệu sai" not in page.text


def test_a_version_comes_not_back_after_its_tombstone(engine, catalogue):
    one = marked()
    engine.take([Erased(one.id, 1)], {})
    engine.take([one], {})
    assert catalogue.article(one.id) is None
    assert catalogue.history(one.id) == []


async def test_its_segments_go_and_everything_else_stays(engine, catalogue):
    hq = Unit(code="HQ", name="Hải quan")
    unit = UnitChanged(id=new_id(), time=NOON, producer="ingest", trace=TRACE, unit=hq)
    engine.name({unit.key: unit}, {("registry", 0): 7})
    others = fill(engine)
    one = marked()
    engine.take([one, *(article() for _ in range(5))], {})
    second = article(id=one.id, version=2, headline=MARK)
    engine.take([second, *(article() for _ in range(5))], {})
    engine.take([article(id=others[0].id, version=2, headline="Tin sửa")], {})
    assert not purge.remains(engine.index)

    engine.take([erasure(one.id, 3), Erased(one.id, 1), Erased(one.id, 2)], {})
    assert purge.remains(engine.index)
    searcher = engine.index.searcher()
    assert searcher.doc_freq("words", MARK) > 0
    del searcher
    await purge.purge(engine.index, at_once)

    assert not purge.remains(engine.index)
    assert engine.index.searcher().doc_freq("words", MARK) == 0
    assert engine.index.leftovers() == []
    assert catalogue.count() == len(others) + 10
    assert [a.version for a in catalogue.history(others[0].id)] == [2, 1]
    assert catalogue.article(others[7].id) == others[7]
    assert Registry(engine).names.units["HQ"].name == "Hải quan"
    assert engine.offsets == {("registry", 0): 7, ("articles", 0): 280}


async def test_who_reads_meanwhile_reads_on(engine):
    one, other = marked(), article()
    engine.take([one, other], {})
    reader = engine.index.searcher()
    engine.take([erasure(one.id)], {})
    await purge.purge(engine.index, at_once)
    assert len(list(records(reader, compiled(Term("key", str(other.id)))))) == 1
    del reader
    await purge.purge(engine.index, at_once)
    assert not purge.remains(engine.index)


def purge_in(folder: Path) -> None:
    """What the killed process does: write anew, commit by commit."""
    engine = EmbeddedEngine(folder)
    keys = purge.worn_keys(engine.index)
    for start in range(0, len(keys), 5):
        purge.rewrite(engine.index, keys[start : start + 5])
        sys.stdout.write("committed\n")
        sys.stdout.flush()


def kill_after(commits: int, folder: Path) -> None:
    program = (
        "from pathlib import Path; from tests.archive.test_erasure import purge_in;"
        f"purge_in(Path({str(folder)!r}))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for _ in range(commits):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("commits", [1, 9])
async def test_killed_in_mid_purge_nothing_is_lost_and_it_is_done_again(tmp_path, commits):
    folder = tmp_path / "index"
    engine = EmbeddedEngine(folder)
    others = fill(engine)
    one = marked()
    others += [article() for _ in range(5)]
    engine.take([one, *others[-5:]], {})
    engine.take([erasure(one.id)], {})
    engine.close()
    kill_after(commits, folder)

    engine = EmbeddedEngine(folder)
    assert Catalogue(engine, Registry(engine)).count() == len(others)
    await purge.purge(engine.index, at_once)
    assert not purge.remains(engine.index)
    assert Catalogue(engine, Registry(engine)).count() == len(others)
    assert engine.index.searcher().doc_freq("words", MARK) == 0
    engine.close()
