"""Pages in a real Chromium, on a phone, a tablet and a desk."""

import gzip

import httpx2
import pytest

from tests.browser.kinds import KINDS

pytestmark = pytest.mark.xdist_group("browser")

WIDTHS = (360, 768, 1280)
# What Chromium says of pages that are errors, and of what the tests' articles name elsewhere.
EXPECTED = ("status of 404", "status of 410", "status of 422", "https://example.com/")

# Where text may stand closer: in a line of text (WCAG 2.2, 2.5.8).
_SMALL_TARGETS = """
[...document.querySelectorAll('a, button, input')]
  .filter(e => !e.closest('p, aside, .body, .thumbnail, .skip') && e.type != 'hidden')
  .filter(e => { const box = e.getBoundingClientRect(); return box.height && box.height < 24 })
  .map(e => e.outerHTML)
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_fits_every_screen(kind, paper, tab):
    for width in WIDTHS:
        tab.be(width)
        if width == WIDTHS[0]:
            tab.open(paper.url + KINDS[kind])
        # A phone makes room for what is too wide.
        assert tab.run("innerWidth") == width
        assert tab.run("document.documentElement.scrollWidth") == width
        assert tab.run(_SMALL_TARGETS) == []
    assert [each for each in tab.complaints() if not any(map(each.__contains__, EXPECTED))] == []


def test_a_wide_table_scrolls_in_itself_also_by_keyboard(paper, tab):
    tab.be(360)
    tab.open(paper.article("all-kinds"))
    table = "document.querySelector('.wide')"
    assert tab.run(f"{table}.scrollWidth > {table}.clientWidth")
    tab.run(f"{table}.focus()")
    assert tab.run(f"document.activeElement == {table}")


def test_lines_are_short_enough_to_be_read(paper, tab):
    tab.be(1280)
    tab.open(paper.article("vt-24-gio"))
    size = "parseFloat(getComputedStyle(document.querySelector('.body')).fontSize)"
    assert tab.run(f"document.querySelector('.body').clientWidth / {size}") < 40


def test_a_phone_loads_a_small_picture_and_nothing_moves_when_it_comes(paper, tab):
    tab.be(360)
    tab.open(paper.article("vt-24-gio"))
    shown = "document.querySelector('figure img')"
    assert tab.run(f"{shown}.currentSrc").endswith("?w=640")  # the margins leave 328 of 360
    assert tab.run(f"{shown}.width / {shown}.height") == pytest.approx(1280 / 720, rel=0.02)
    shifts = (
        "new Promise(done => { new PerformanceObserver(list => done(list.getEntries()"
        ".reduce((sum, each) => sum + each.value, 0)))"
        ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(0), 300) })"
    )
    assert tab.run(shifts) < 0.01


def test_the_first_tab_key_leads_past_the_masthead(paper, tab):
    tab.be(1280)
    tab.open(paper.article("vt-24-gio"))
    for event in ("keyDown", "keyUp"):
        tab.ask(
            "Input.dispatchKeyEvent", type=event, key="Tab", code="Tab", windowsVirtualKeyCode=9
        )
    assert tab.run("document.activeElement.getAttribute('href')") == "#content"
    assert tab.run("document.activeElement.getBoundingClientRect().top") >= 0


def test_a_search_works_without_a_script(paper, tab):
    tab.be(360)
    tab.open(paper.url)
    tab.run("document.querySelector('#q').value = 'cang vinh tra'")
    tab.chromium.told[tab.session] = []
    tab.run("document.querySelector('.search button').click()")
    tab.chromium.wait_for("Page.loadEventFired", tab.session)
    assert tab.run("location.pathname + location.search") == "/search?q=cang+vinh+tra"
    assert tab.run("document.querySelectorAll('mark').length") > 0


def test_nothing_runs_that_came_with_an_article(paper, tab):
    tab.be(360)
    tab.open(paper.url)
    ran = "(() => { const e = document.createElement('script'); e.textContent = 'window.ran = 1';"
    assert tab.run(ran + " document.body.append(e); return window.ran ?? null })()") is None
    assert any("Content Security Policy" in each for each in tab.complaints())


def test_on_paper_there_is_the_article_alone(paper, tab):
    tab.be(768, media="print")
    tab.open(paper.article("vt-24-gio"))
    seen = "[...document.querySelectorAll('body *')].filter(e => e.checkVisibility())"
    shown = set(tab.run(f"{seen}.map(e => e.className || e.tagName)"))
    assert {"body", "printed", "paper"} <= shown
    assert shown.isdisjoint({"search", "columns", "related", "latest", "skip", "edition"})


def test_dark_is_dark(paper, tab):
    light, dark = (_lightness(tab, paper.url, scheme) for scheme in ("light", "dark"))
    assert light > 240
    assert dark < 40


def test_an_article_without_pictures_and_its_style_sheet_are_small(paper, tab):
    tab.be(360)
    tab.open(paper.article("vt-phan-bac-canh-buom"))
    resources = "performance.getEntriesByType('resource').map(each => each.name)"
    (style,) = [each for each in tab.run(resources) if "/style-" in each]
    parts = (httpx2.get(url).content for url in (paper.article("vt-phan-bac-canh-buom"), style))
    assert sum(len(gzip.compress(part)) for part in parts) < 8_000  # bytes


def _lightness(tab, url, scheme) -> int:
    tab.be(360, scheme)
    tab.open(url)
    colour = tab.run("getComputedStyle(document.body).backgroundColor")
    return int(colour.removeprefix("rgb(").split(",")[0])
