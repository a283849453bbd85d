"""Everyone can read the pages: axe finds no fault in them, by day and by night."""

import json
from functools import cache

import pytest

from tests.browser.chromium import here
from tests.browser.kinds import KINDS

pytestmark = pytest.mark.xdist_group("browser")


@cache
def axe() -> str:
    return here("axe-core/axe.min.js").read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_fault_by_day_and_by_night(kind, paper, tab):
    tab.be(360)
    tab.open(paper.url + KINDS[kind])
    tab.run(axe() + ";0")
    for scheme in ("light", "dark"):
        tab.be(360, scheme)
        found = tab.run("axe.run(document, {resultTypes: ['violations']})")
        faults = [
            (fault["impact"], fault["id"], [node["html"][:200] for node in fault["nodes"]])
            for fault in found["violations"]
        ]
        assert not faults, f"{scheme}: {json.dumps(faults, indent=1, ensure_ascii=False)}"


def test_axe_sees_a_fault_where_there_is_one(paper, tab):
    tab.be(360)
    tab.open(paper.url)
    tab.run("document.querySelector('h1 a').style.color = '#bbb'")
    tab.run(axe() + ";0")
    found = tab.run("axe.run(document, {resultTypes: ['violations']})")
    assert [fault["id"] for fault in found["violations"]] == ["color-contrast"]
