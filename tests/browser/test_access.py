"""Everyone can read the pages: axe finds no fault in them, by day and by night."""

from functools import cache

import pytest

from tests.browser.chromium import Tab, here
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
    assert faults(tab, "{}") == []
    # Only the colours are others.
    tab.be(360, "dark")
    assert faults(tab, "{runOnly: ['color-contrast']}") == []


def test_axe_sees_a_fault_where_there_is_one(paper, tab):
    tab.be(360)
    tab.open(paper.url)
    tab.run("document.querySelector('h1 a').style.color = '#bbb'")
    tab.run(axe() + ";0")
    assert [fault for fault, _ in faults(tab, "{}")] == ["color-contrast"]


def faults(tab: Tab, options: str) -> list[tuple[str, list[str]]]:
    """Give what axe finds wrong, and where, as the page stands there."""
    found = tab.run(f"axe.run(document, {options})")
    return [
        (fault["id"], [node["html"][:200] for node in fault["nodes"]])
        for fault in found["violations"]
    ]
