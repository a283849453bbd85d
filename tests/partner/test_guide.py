"""What docs/partners.md tells a partner's engineer to run, run."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

from typer.testing import CliRunner

from partner.__main__ import app
from services.common.instants import now
from tests.factories import article, retraction
from tests.partner.conftest import CODE, KEY

GUIDE = (Path(__file__).parents[2] / "docs" / "partners.md").read_text()


def example(beginning: str) -> str:
    found = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    [code] = [each for each in found if each.startswith(beginning)]
    return code


async def test_the_loop_shows_takes_down_and_goes_on_where_it_was(tinbai, tmp_path):
    script, state = tmp_path / "loop.py", tmp_path / "seq.txt"
    script.write_text(example("import sys"))
    first, second = article(), article(headline="Tít thứ hai")

    async def lines(count: int) -> list[str]:
        loop = await asyncio.create_subprocess_exec(
            *(sys.executable, script, f"{tinbai.url}/partners/{CODE}/changes", KEY, state),
            stdout=asyncio.subprocess.PIPE,
        )
        assert loop.stdout
        told = [(await loop.stdout.readline()).decode().strip() for _ in range(count)]
        while not state.exists() or int(state.read_text() or 0) < tinbai.told:
            await asyncio.sleep(0.01)
        loop.kill()
        await loop.wait()
        return told

    await tinbai.release(first, second)
    assert await lines(2) == [f"show {each.id} {each.headline}" for each in (first, second)]
    await tinbai.release(retraction(first.id))
    assert await lines(1) == [f"take down {first.id} nội bộ: số liệu sai"]


async def test_a_signature_is_verified_by_what_a_machine_has(tinbai, tmp_path):
    await tinbai.release(article())
    [script] = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    today = now().date().isoformat()
    environment = os.environ | {"TINBAI": tinbai.url, "CODE": CODE, "DAY": today, "KEY": KEY}

    run = await asyncio.create_subprocess_exec(
        *("bash", "-euc", script), cwd=tmp_path, env=environment, stdout=asyncio.subprocess.PIPE
    )
    told = (await run.communicate())[0].decode()

    assert run.returncode == 0
    assert "Signature Verified Successfully" in told
    assert len(json.loads((tmp_path / "manifest.json").read_text())["items"]) == 1


async def test_the_three_lines_with_our_client_keep_a_mirror(tinbai, tmp_path):
    await tinbai.release(article(), article())
    code = example("with Client").replace("https://feeds.example", tinbai.url)
    code = code.replace("bao-moi", CODE).replace('Path("mirror")', f"Path({str(tmp_path)!r})")

    run = "from pathlib import Path\nfrom partner import Client, Mirror\n"
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", f"{run}key = {KEY!r}\n{code}"
    )

    assert await program.wait() == 0
    assert [each["state"] for each in tinbai.acknowledged] == ["applied", "applied"]


def test_every_option_that_is_named_is_there():
    told = CliRunner().invoke(app, ["simulate", "--help"]).output
    about = GUIDE[GUIDE.index("## Try it without") :]

    for option in set(re.findall(r"--(?!json\b)[a-z-]+", about)):
        assert option in told, option
