"""A partner's engineer at the command line, with a syndicate to talk to."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from partner.__main__ import app
from partner.mirror import Mirror
from partner.report import PINNED
from stack.cli import app as tinbai_app
from tests.factories import article, retraction
from tests.partner.conftest import CODE, KEY
from tests.partner.history import PUBLIC

MENDED = "Số liệu đã được sửa."


@pytest.fixture
def run(tinbai, tmp_path):
    async def run(name: str, *words: str, under: Any = app, key: str = KEY) -> Result:
        environment = {
            "TINBAI_SYNDICATE_URL": tinbai.url,
            "TINBAI_PARTNER": CODE,
            "TINBAI_PARTNER_KEY": key,
        }
        arguments = [*(["partner"] if under is tinbai_app else []), name, str(tmp_path / "mirror")]
        invoke = partial(CliRunner().invoke, under, [*arguments, *words], env=environment)
        return await asyncio.to_thread(invoke)

    return run


@pytest.fixture
async def told(tinbai):
    """Tell the partner of an article, of one that was corrected and of one that was retracted."""
    one, two, three = article(), article(), article()
    await tinbai.release(one, two, three)
    fields = two.model_dump() | {"version": 2, "correction_note": MENDED}
    await tinbai.release(type(two).model_validate(fields), retraction(three.id))
    return one, two, three


async def test_a_mirror_is_built_and_verifies_and_goes_on(run, tinbai, told, tmp_path):
    assert (await run("mirror")).exit_code == 0
    verified = await run("verify", "--patience", "0")
    assert (verified.exit_code, verified.output.strip().endswith("All is as it was told.")) == (
        0,
        True,
    ), verified.output

    await tinbai.release(article())
    assert (await run("verify", "--patience", "0", "--json")).exit_code == 1
    assert (await run("mirror", under=tinbai_app)).exit_code == 0
    assert (await run("verify", "--patience", "0", under=tinbai_app)).exit_code == 0
    held = dict(Mirror(tmp_path / "mirror").all_held())
    assert {entry.kind for entry in held.values() if entry} == {
        "published",
        "corrected",
        "retracted",
    }


async def test_each_way_of_spoiling_a_mirror_is_named(run, told, tmp_path):
    await run("mirror")
    one, two, three = told
    folder = tmp_path / "mirror" / "articles"
    whole = tmp_path / "whole"
    shutil.copytree(folder, whole)

    def alter(values: dict[str, Any]) -> dict[str, Any]:
        return values | {"article": values["article"] | {"headline": "Tít khác"}}

    def stand_again(values: dict[str, Any]) -> dict[str, Any]:
        return values | {"kind": "published"}

    spoilt: dict[str, Callable[[], object]] = {
        "missing": lambda: (folder / f"{one.id}.json").unlink(),
        "altered": lambda: rewrite(folder / f"{two.id}.json", alter),
        "too-much": lambda: shutil.copy(folder / f"{two.id}.json", folder / "added.json"),
        "not-taken-down": lambda: rewrite(folder / f"{three.id}.json", stand_again),
    }
    for fault, spoil in spoilt.items():
        spoil()
        found = await run("verify", "--json")
        assert found.exit_code == 1
        assert [each["fault"] for each in json.loads(found.stdout)["findings"]] == [fault]
        shutil.rmtree(folder)
        shutil.copytree(whole, folder)


def rewrite(file: Path, change: Any) -> None:
    file.write_text(json.dumps(change(json.loads(file.read_text()))))


async def test_another_key_than_the_one_first_seen_is_found(run, told, tmp_path):
    await run("mirror")
    await run("verify")
    pinned = tmp_path / "mirror" / PINNED
    pinned.write_text(json.dumps(PUBLIC))

    found = await run("verify")

    assert found.exit_code == 1
    assert "bad-signature" in found.output


async def test_what_cannot_be_done_is_one_sentence_and_another_exit_code(run, tmp_path):
    for name in ("mirror", "verify"):
        refused = await run(name, key="wrong")
        assert refused.exit_code == 2
        assert refused.stderr.count("\n") == 1
        assert "wrong" not in refused.stderr


async def test_a_lost_file_comes_back_by_a_replay(run, told, tmp_path):
    await run("mirror")
    (tmp_path / "mirror" / "articles" / f"{told[0].id}.json").unlink()

    await run("mirror", "--replay")

    assert (await run("verify")).exit_code == 0


def test_the_package_needs_nothing_else_of_ours(tmp_path):
    shutil.copytree(Path(__file__).parents[2] / "partner", tmp_path / "partner")
    look = (
        "import sys, partner.report, partner.simulating.simulator, partner.__main__\n"
        "print({name.split('.')[0] for name in sys.modules} & {'schemas', 'services', 'stack'})"
    )
    command = [sys.executable, "-c", look]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
