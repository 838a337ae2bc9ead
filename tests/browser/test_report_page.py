"""The report page of a morning at the desk, opened in a real browser, on a phone and on a desk.

The morning is the demo's: the virtual unit hears five calls, its log is pulled, the page is made.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import chromium
from tests.browser.page import Page

WIDTHS_PX = (360, 768, 1280)
# Visible boxes that stick out of the window, but for what lies in a box that scrolls by itself.
STICKS_OUT = """
[...document.querySelectorAll('body *')].filter(element => {
  const box = element.getBoundingClientRect();
  const isOut = box.right > innerWidth + 0.5 || box.left < -0.5;
  return box.width && isOut && !element.closest('.scroll')
    && getComputedStyle(element).position !== 'absolute';
}).map(element => element.outerHTML.slice(0, 120))
"""
AXE = """
axe.run(document, {resultTypes: ['violations']}).then(result => result.violations.flatMap(
  rule => rule.nodes.map(node => rule.id + ': ' + node.html.slice(0, 120))))
"""
# Marks and words of a time line that its picture would cut off.
CUT_OFF = """
[...document.querySelectorAll('svg.line')].flatMap(svg => {
  const outer = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('circle, text')].filter(part => {
    const box = part.getBoundingClientRect();
    return box.width && (box.left < outer.left - 9 || box.right > outer.right + 9
      || box.top < outer.top - 1 || box.bottom > outer.bottom + 1);
  }).map(part => part.outerHTML);
})
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("morning")
    program = Path(sys.executable).with_name("callclip")
    done = subprocess.run(
        [str(program), "demo", "--plain", "--speed", "60", "--out", str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "report.html"


@pytest.fixture(scope="module")
def page(report):
    with Page() as page:
        page.open(report)
        yield page


def accessibility_faults(page):
    page.value(chromium.axe_source() + "; true")
    return page.value(AXE)


def test_it_loads_alone_and_without_complaint(report):
    with Page() as page:
        page.open(report)
        assert page.problems == []
        outside = [url for url in page.requests if not url.startswith("data:")]
        assert outside == [report.as_uri()]


def test_what_needs_attention_comes_first_and_leads_to_its_call(page):
    first = "document.querySelector('main section').id"
    assert page.value(first) == "attention"
    links = page.value(
        "[...document.querySelectorAll('#attention a')].map(a => a.getAttribute('href'))"
    )
    assert len(links) >= 3
    for link in links:
        page.value(f"document.querySelector('#attention a[href=\"{link}\"]').click()")
        assert page.value("location.hash") == link
        assert page.value(f"document.getElementById('{link[1:]}').tagName") == "ARTICLE"


def test_every_call_has_its_time_line(page):
    names = page.value(
        "[...document.querySelectorAll('article')].map(article => {"
        "  const line = article.querySelector('svg.line');"
        "  return line && line.getBoundingClientRect().width > 200 && line.ariaLabel;})"
    )
    assert len(names) == 5
    assert all(names)
    assert any("silent call, step 3" in name for name in names)
    assert any("hold from" in name for name in names)


@pytest.mark.parametrize("width_px", WIDTHS_PX)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_read_by_everybody(page, width_px, scheme):
    page.prefer(scheme)
    page.resize(width_px)
    page.value("document.querySelectorAll('details').forEach(details => details.open = true)")
    assert page.value("document.documentElement.scrollWidth <= innerWidth")
    assert page.value(STICKS_OUT) == []
    assert page.value(CUT_OFF) == []
    assert accessibility_faults(page) == []


def test_it_can_be_used_by_keyboard(page):
    page.resize(1280)
    page.value("document.body.focus(); scrollTo(0, 0); location.hash = ''")
    reached = []
    for _ in range(8):
        page.press_tab()
        reached.append(page.value("document.activeElement.getAttribute('href')"))
    assert "#attention" in reached
    assert any((target or "").startswith("#c-") for target in reached)


def test_faults_of_a_page_are_found(tmp_path):
    """The checks above can fail."""
    path = tmp_path / "bad.html"
    path.write_text(
        "<!doctype html><title>x</title><body><button></button>"
        "<p style='width:900px'>wide</p>"
        "<svg class='line' width='100' height='20'><circle cx='300' cy='5' r='3'/></svg>"
        "<img src='missing.png'><script>console.error('oh'); nothing.at.all</script>"
    )
    with Page() as page:
        page.open(path, 360)
        assert len(page.problems) >= 2
        assert any(url.endswith("missing.png") for url in page.requests)
        assert not page.value("document.documentElement.scrollWidth <= innerWidth")
        assert len(page.value(STICKS_OUT)) == 1
        assert len(page.value(CUT_OFF)) == 1
        faults = accessibility_faults(page)
        assert any(fault.startswith("button-name") for fault in faults)
